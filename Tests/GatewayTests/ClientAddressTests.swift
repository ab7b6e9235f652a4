import HTTPCore
import HTTPServer
import TestSupport
import Testing

@testable import Gateway

@Suite struct ClientAddressTests {
    private static let trusting = [
        "LATCHKEY_TRUSTED_PROXIES": "127.0.0.0/8, 10.0.0.0/8,2001:db8::1"
    ]

    /// The X-Forwarded-For that the upstream gets, for a request with `fields`.
    private func forwarded(_ extra: [String: String], _ fields: [String]) async throws -> [String] {
        let seen = Log<[Seen]>([])
        try await withProxy(extra: extra, recording(seen)) { world, _ in
            let answer = try await world.api.call(
                "GET", "/api/entities", token: adminToken, fields: fields)
            #expect(answer.status == 200)
        }
        return seen.value.flatMap { $0.values("x-forwarded-for") }
    }

    @Test func `the log has the client's address, not the proxy's`() async throws {
        try await withGateway(extra: Self.trusting) { world in
            _ = try await world.api.call(
                "GET", "/api/me", token: adminToken, fields: ["X-Forwarded-For: 192.0.2.1"])
            #expect(await eventually { world.log.text.contains(#""client":"192.0.2.1""#) })
        }
    }

    @Test func `malformed requests count against their address`() async throws {
        try await withGateway { world in
            _ = try await world.api.send("NONSENSE\r\n\r\n")
            let text = try await world.inner.call("GET", "/metrics").text
            #expect(text.contains(#"{route="unmatched",method="",status="400"} 1"#))
        }
    }

    @Test func `X-Forwarded-For of untrusted peers is ignored`() async throws {
        #expect(try await forwarded([:], []) == ["127.0.0.1"])
        #expect(try await forwarded([:], ["X-Forwarded-For: 192.0.2.1"]) == ["127.0.0.1"])
        let other = ["LATCHKEY_TRUSTED_PROXIES": "127.0.0.2"]
        #expect(try await forwarded(other, ["X-Forwarded-For: 192.0.2.1"]) == ["127.0.0.1"])
    }

    @Test(arguments: [
        ([], "127.0.0.1"),
        (["192.0.2.1"], "192.0.2.1"),
        (["2001:DB8::0:7"], "2001:db8::7"),
        (["::ffff:192.0.2.1"], "192.0.2.1"),
        // Entries left of the last untrusted address may be forged.
        (["1.1.1.1, 192.0.2.1"], "192.0.2.1"),
        (["garbage, 192.0.2.1"], "192.0.2.1"),
        (["192.0.2.1, 10.1.1.1,2001:db8::1"], "192.0.2.1"),
        // Several lines are one list.
        (["1.1.1.1", "192.0.2.1", "10.1.1.1"], "192.0.2.1"),
        // Only proxies, or nothing that can be parsed: the peer.
        (["10.1.1.1"], "127.0.0.1"),
        (["192.0.2.1, garbage"], "127.0.0.1"),
        // Empty elements are ignored (RFC 9110 §5.6.1.2).
        (["192.0.2.1,"], "192.0.2.1"),
        ([",, 192.0.2.1 , ,", ""], "192.0.2.1"),
        (["192.0.2.1, garbage, 10.1.1.1"], "127.0.0.1"),
        // With a port, in brackets, in quotes, as different proxies write them.
        (["203.0.113.7:4711"], "203.0.113.7"),
        (["[2001:db8::9]:443"], "2001:db8::9"),
        (["[2001:db8::9]"], "2001:db8::9"),
        ([#""203.0.113.7:80""#], "203.0.113.7"),
        ([#"1.1.1.1, "[2001:db8::9]:443", 10.1.1.1:9"#], "2001:db8::9"),
        (["203.0.113.7:"], "127.0.0.1"),
        (["203.0.113.7:123456"], "127.0.0.1"),
        (["[203.0.113.7]:80"], "127.0.0.1"),
        (["[2001:db8::9]443"], "127.0.0.1"),
        ([#""203.0.113.7"#], "127.0.0.1"),
        (["unknown"], "127.0.0.1"),
        ([""], "127.0.0.1"),
    ]) func `X-Forwarded-For of a trusted proxy names the client`(lines: [String], client: String)
        async throws
    {
        let fields = lines.map { "X-Forwarded-For: \($0)" }
        #expect(try await forwarded(Self.trusting, fields) == [client])
    }

    /// RFC 7239 §4, §6 and §7.1.
    @Test(arguments: [
        (["for=192.0.2.43"], "192.0.2.43"),
        ([#"For="[2001:db8:cafe::17]:4711""#], "2001:db8:cafe::17"),
        (["for=192.0.2.60;proto=http;by=203.0.113.43"], "192.0.2.60"),
        (["by=203.0.113.43; FOR=192.0.2.60 ;proto=https"], "192.0.2.60"),
        (["for=192.0.2.43, for=198.51.100.17"], "198.51.100.17"),
        (["for=192.0.2.43", #"for="10.0.0.1:80""#], "192.0.2.43"),
        ([#"for="192.0.2.1:_http";host="a,b;c""#], "192.0.2.1"),
        ([#"for="192\.0\.2\.1""#], "192.0.2.1"),
        // Separators in quotes don't count.
        ([#"for=192.0.2.43, by="x, for=6.6.6.6";for=192.0.2.44"#], "192.0.2.44"),
        (["for=unknown"], "127.0.0.1"),
        (["for=_gazonk"], "127.0.0.1"),
        (["for=192.0.2.43, by=203.0.113.43"], "127.0.0.1"),
        (["for=192.0.2.43;for=192.0.2.44"], "127.0.0.1"),
        (["192.0.2.43"], "127.0.0.1"),
        ([#"for="192.0.2.43"#], "127.0.0.1"),
    ]) func `Forwarded is used where it is configured`(
        lines: [String], client: String
    ) async throws {
        let extra = Self.trusting.merging(["LATCHKEY_FORWARDED_FIELD": "forwarded"]) { $1 }
        // The other field is ignored: the proxies would forward what a client invented.
        let fields = lines.map { "Forwarded: \($0)" } + ["X-Forwarded-For: 6.6.6.6"]
        #expect(try await forwarded(extra, fields) == [client])
        let usual = lines.map { "Forwarded: \($0)" } + ["X-Forwarded-For: 198.51.100.9"]
        #expect(try await forwarded(Self.trusting, usual) == ["198.51.100.9"])
    }

    @Test func `the limit applies to the client behind the proxy, for IPv6 to its /64`()
        async throws
    {
        let extra = Self.trusting.merging(["LATCHKEY_RATE_LIMIT_ADDRESS": "1"]) { $1 }
        try await withGateway(extra: extra, ticks: FakeTicks()) { world in
            let asked = [
                ("192.0.2.1", "r=1;t=1"), ("192.0.2.2", "r=1;t=1"),
                ("6.6.6.6, 192.0.2.1", "r=0;t=2"), ("7.7.7.7, 192.0.2.1", "r=0;t=1"),
                ("2001:db8:1:2::1", "r=1;t=1"), ("2001:db8:1:2:ffff::9", "r=0;t=2"),
                ("2001:db8:1:3::1", "r=1;t=1"),
            ]
            for (client, left) in asked {
                let answer = try await world.api.call(
                    "GET", "/api/me", fields: ["X-Forwarded-For: \(client)"])
                #expect(answer.field("ratelimit") == "\"address\";\(left)", "\(client)")
            }
        }
    }
}
