"""nginx and Caddy, as proxies to a constant answer of nginx."""

import os
import subprocess

from processes import answers, free_ports


class Proxies:
    """Tuned for production: as many workers as Latchkey has loops, upstream keep-alive, no log."""

    def __init__(self, processes, caddy):
        self.processes = processes
        self.constant_port, self.nginx_port, self.caddy_port = free_ports(3)
        self.start_nginx()
        self.has_caddy = caddy is not None
        if caddy:
            self.start_caddy(caddy)

    def start_nginx(self):
        folder = self.processes.folder
        file = folder / "nginx.conf"
        file.write_text(f"""
            daemon off; worker_processes {os.cpu_count()}; pid {folder}/nginx.pid;
            error_log stderr error;
            events {{ worker_connections 4096; }}
            http {{
                access_log off; keepalive_requests 1000000000; default_type application/json;
                upstream constant {{ server 127.0.0.1:{self.constant_port}; keepalive 256;
                                     keepalive_requests 1000000000; }}
                server {{ listen 127.0.0.1:{self.constant_port} reuseport;
                          location / {{ return 200 '{{"isPublisher":true}}'; }} }}
                server {{ listen 127.0.0.1:{self.nginx_port} reuseport;
                          location / {{ proxy_pass http://constant; proxy_http_version 1.1;
                                        proxy_set_header Connection ""; }} }}
            }}""")
        self.processes.start(
            ["/usr/sbin/nginx", "-p", str(folder), "-c", str(file), "-e", "stderr"])
        self.processes.wait(lambda: answers(self.nginx_port), "nginx")

    def start_caddy(self, caddy):
        folder = self.processes.own_folder()
        file = folder / "Caddyfile"
        # By default it keeps 32 connections to an upstream, and opens others again and again.
        file.write_text(f"""
{{
    admin off
    auto_https off
    persist_config off
    log {{
        level ERROR
    }}
}}
http://127.0.0.1:{self.caddy_port} {{
    reverse_proxy 127.0.0.1:{self.constant_port} {{
        transport http {{
            keepalive_idle_conns_per_host 256
        }}
    }}
}}
""")
        homes = {name: str(folder) for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")}
        self.processes.start([caddy, "run", "--config", str(file)], homes)
        self.processes.wait(lambda: answers(self.caddy_port), "Caddy")

    def versions(self, caddy):
        nginx = subprocess.run(["/usr/sbin/nginx", "-v"], capture_output=True, text=True).stderr
        found = {"nginx": nginx.split("/")[-1].strip()}
        if caddy:
            text = subprocess.run([caddy, "version"], capture_output=True, text=True).stdout
            found["Caddy"] = text.split()[0].lstrip("v")
        return found
