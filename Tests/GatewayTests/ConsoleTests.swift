import Foundation
import GatewayContract
import Kernel
import ServiceKit
import TestSupport
import Testing

@testable import Gateway

/// The console's files: not what they do, which a browser tests (`deploy/lib/console.py`).
@Suite struct ConsoleTests {
    private func withConsole(
        throughEdge: Bool = false, extra: [String: String] = [:],
        _ test: (GatewayWorld) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let console = folder.path + "/console"
        let files = [
            "index.html": "<!doctype html>", "app.js": "export {}", "style.css": "a{}",
            "icon.svg": "<svg/>", "views/home.js": "export {}", "README.md": "# Console",
            "views/deep/x.js": "export {}",
        ]
        for (path, text) in files {
            let file = URL(fileURLWithPath: "\(console)/\(path)")
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        try "secret".write(toFile: folder.path + "/secret.js", atomically: true, encoding: .utf8)
        try await withGateway(
            extra: extra.merging(["LATCHKEY_CONSOLE_DIR": console]) { $1 },
            throughEdge: throughEdge, test)
    }

    @Test(arguments: [
        ("/console/", "text/html; charset=utf-8"),
        ("/console/app.js", "text/javascript; charset=utf-8"),
        ("/console/views/home.js", "text/javascript; charset=utf-8"),
        ("/console/style.css", "text/css; charset=utf-8"), ("/console/icon.svg", "image/svg+xml"),
    ])
    func `files have their type, a strict policy, and an entity tag`(
        path: String, type: String
    ) async throws {
        try await withConsole { world in
            let answer = try await world.api.call("GET", path)
            #expect(answer.status == 200 && answer.field("content-type") == type)
            #expect(answer.field("cache-control") == "no-cache")
            #expect(answer.field("x-content-type-options") == "nosniff")
            #expect(answer.field("referrer-policy") == "no-referrer")
            let policy = answer.field("content-security-policy") ?? ""
            #expect(policy.hasPrefix("default-src 'none'; script-src 'self'; style-src 'self';"))
            #expect(!policy.contains("unsafe") && !policy.contains("http"))
            let tag = try #require(answer.field("etag"))
            let again = try await world.api.call("GET", path, fields: ["If-None-Match: \(tag)"])
            #expect(again.status == 304 && again.body.isEmpty)
            let head = try await world.api.call("HEAD", path)
            #expect(head.status == 200 && head.body.isEmpty && head.field("etag") == tag)
            let refused = try await world.api.call("POST", path, body: "{}")
            #expect(refused.status == 405 && refused.field("allow") == "GET, HEAD, OPTIONS")
        }
    }

    @Test(arguments: [
        "/console/README.md", "/console/index.html", "/console/nothing.js",
        "/console/views/deep/x.js", "/console/views", "/console/..%2Fsecret.js",
        "/console/../secret.js", "/console/views/..%2F..%2Fsecret.js", "/console/%2e%2e/secret.js",
        "/console/app.js%00", "/console//app.js", "/console/app.js/",
    ])
    func `nothing but the console's files can be requested`(path: String) async throws {
        try await withConsole { world in
            let answer = try await world.api.call("GET", path)
            #expect([400, 404].contains(answer.status), "\(answer.status)")
            #expect(!answer.text.contains("secret\""))
        }
    }

    @Test func `the console without its slash redirects to it, below any path`() async throws {
        try await withConsole { world in
            let answer = try await world.api.call("GET", "/console")
            #expect(answer.status == 308 && answer.field("location") == "console/")
        }
    }

    @Test func `an edge gateway has the console as well`() async throws {
        try await withConsole(throughEdge: true) { world in
            let page = try await world.api.call("GET", "/console/")
            #expect(page.status == 200 && page.text == "<!doctype html>")
            #expect(try await world.api.call("GET", "/console/views/home.js").status == 200)
        }
    }

    @Test func `without its folder the console is 404, which says what to set`() async throws {
        try await withGateway { world in
            for path in ["/console", "/console/", "/console/app.js"] {
                let answer = try await world.api.call("GET", path)
                #expect(answer.status == 404 && answer["code"] == "not_found")
                #expect(answer["detail"]?.contains("LATCHKEY_CONSOLE_DIR") == true)
            }
        }
    }

    @Test func `a folder without the console is a mistake at start`() throws {
        let folder = try TemporaryFolder()
        let (_, mistakes) = readSettings(["LATCHKEY_CONSOLE_DIR": folder.path])
        #expect(mistakes == ["LATCHKEY_CONSOLE_DIR must be a folder with index.html"])
    }

    @Test func `loading the console takes nothing from an address's rate limit`() async throws {
        try await withConsole(extra: ["LATCHKEY_RATE_LIMIT_ADDRESS": "1"]) { world in
            for _ in 1...20 {
                let file = try await world.api.call("GET", "/console/app.js")
                #expect(file.status == 200 && file.field("ratelimit") == nil)
            }
            let docs = try await world.api.call("GET", "/docs")
            #expect(docs.status == 200 && docs.field("ratelimit") != nil)
        }
    }
}
