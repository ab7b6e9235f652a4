import HTTPCore
import HTTPServer
import TestSupport
import Testing

@testable import Gateway

private let app = "https://app.example"
private let configured = ["LATCHKEY_CORS_ORIGINS": "https://app.example,http://localhost:3000"]
private let preflight = ["Origin: \(app)", "Access-Control-Request-Method: DELETE"]

@Suite struct CrossOriginTests {
    private func cors(_ answer: RawResponse) -> [String: [String]] {
        let fields = answer.fields.filter {
            $0.name.hasPrefix("access-control-") || $0.name == "vary"
        }
        return Dictionary(grouping: fields, by: \.name).mapValues { $0.map(\.value) }
    }

    @Test func `without configured origins there are no CORS fields`() async throws {
        try await withGateway { world in
            for method in ["GET", "OPTIONS"] {
                let answer = try await world.api.call(
                    method, "/api/me", token: adminToken, fields: preflight)
                #expect(cors(answer).isEmpty)
                #expect(answer.status == (method == "GET" ? 200 : 204))
            }
        }
    }

    @Test func `a preflight of an allowed origin gets methods and headers`() async throws {
        try await withGateway(extra: configured) { world in
            let answer = try await world.api.call("OPTIONS", "/api/tokens/x", fields: preflight)
            #expect(answer.status == 204 && answer.field("allow") == "DELETE, OPTIONS")
            let fields = cors(answer)
            #expect(fields["access-control-allow-origin"] == [app])
            #expect(fields["access-control-allow-methods"] == ["DELETE, OPTIONS"])
            #expect(fields["access-control-max-age"] == ["600"])
            #expect(fields["access-control-allow-credentials"] == nil)
            let vary = (fields["vary"] ?? []).joined(separator: ", ")
            for name in ["Origin", "Access-Control-Request-Method"] { #expect(vary.contains(name)) }
            let headers = fields["access-control-allow-headers"]?.joined() ?? ""
            for name in [
                "Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match",
                "X-Request-Id", "Traceparent",
            ] { #expect(headers.contains(name)) }
        }
    }

    @Test(arguments: [
        ["Origin: https://evil.example"], ["Origin: null"], ["Origin: https://app.example.evil"],
        ["Origin: https://app.example:8443"], ["Origin: http://app.example"], ["Origin: "],
        ["Origin: https://APP.example"], ["Origin: \(app)", "Origin: \(app)"], [],
    ]) func `other origins get the response without CORS permission`(
        origin: [String]
    ) async throws {
        try await withGateway(extra: configured) { world in
            let asks = origin + ["Access-Control-Request-Method: GET"]
            let options = try await world.api.call("OPTIONS", "/api/me", fields: asks)
            #expect(options.status == 204 && options.field("allow") == "GET, HEAD, PATCH, OPTIONS")
            #expect(cors(options) == ["vary": ["Origin"]])
            let answer = try await world.api.call(
                "GET", "/api/me", token: adminToken, fields: origin)
            #expect(answer.status == 200 && cors(answer) == ["vary": ["Origin"]])
        }
    }

    @Test func `OPTIONS that is not a preflight, or of an unknown path, has no CORS methods`()
        async throws
    {
        try await withGateway(extra: configured) { world in
            let plain = try await world.api.call(
                "OPTIONS", "/api/me", fields: ["Origin: \(app)"])
            #expect(plain.status == 204)
            #expect(cors(plain)["access-control-allow-origin"] == [app])
            #expect(cors(plain)["access-control-allow-methods"] == nil)
            let unknown = try await world.api.call("OPTIONS", "/nothing", fields: preflight)
            #expect(unknown.status == 404)
            #expect(cors(unknown)["access-control-allow-methods"] == nil)
        }
    }

    @Test func `every response to an allowed origin is readable`() async throws {
        var extra = configured
        extra["LATCHKEY_RATE_LIMIT"] = "1"
        extra["LATCHKEY_RATE_LIMIT_ADDRESS"] = "2"
        extra["LATCHKEY_BODY_BYTES"] = "1024"
        try await withGateway(extra: extra, ticks: FakeTicks()) { world in
            let large = String(repeating: "x", count: 2_000)
            let asked: [(String, String, String?, String?, Int)] = [
                // Refused before there is a request.
                ("POST", "/api/tokens", adminToken, large, 413),
                ("GET", "/healthz", nil, nil, 200), ("GET", "/nothing", nil, nil, 404),
                ("PUT", "/api/me", nil, nil, 405), ("GET", "/api/me", "x", nil, 401),
                ("GET", "/api/me", nil, nil, 429), ("GET", "/nothing", nil, nil, 429),
                ("POST", "/api/tokens", adminToken, large, 429),
                ("GET", "/api/me", adminToken, nil, 200),
                ("GET", "/api/entities", adminToken, nil, 503),
                ("GET", "/api/me", adminToken, nil, 429),
            ]
            for (method, path, token, body, status) in asked {
                let answer = try await world.api.call(
                    method, path, token: token, body: body, fields: ["Origin: \(app)"])
                #expect(answer.status == status, "\(method) \(path)")
                let fields = cors(answer)
                #expect(fields["access-control-allow-origin"] == [app], "\(status) of \(path)")
                #expect(fields["vary"] == ["Origin"])
                let exposed = fields["access-control-expose-headers"] ?? []
                #expect(exposed.count == 1)
                for name in ["ETag", "Link", "Location", "RateLimit", "RateLimit-Policy"] {
                    #expect(exposed.joined().contains(name))
                }
            }
        }
    }

    @Test func `CORS fields of a service's response are not forwarded`() async throws {
        let answer: @Sendable (Exchange) -> Response = { _ in
            Response(
                200,
                fields: [
                    Response.Field("Access-Control-Allow-Origin", "*"),
                    Response.Field("access-control-allow-credentials", "true"),
                    Response.Field("Vary", "Accept-Language"),
                ])
        }
        try await withProxy(extra: configured, recording(Log([]), answer)) { world, _ in
            let allowed = try await world.api.call(
                "GET", "/api/entities", token: adminToken, fields: ["Origin: \(app)"])
            #expect(cors(allowed)["access-control-allow-origin"] == [app])
            #expect(cors(allowed)["access-control-allow-credentials"] == nil)
            #expect(cors(allowed)["vary"] == ["Accept-Language", "Origin"])
            let other = try await world.api.call("GET", "/api/entities", token: adminToken)
            #expect(cors(other) == ["vary": ["Accept-Language", "Origin"]])
        }
    }

    @Test func `a star allows every origin except null`() async throws {
        try await withGateway(extra: ["LATCHKEY_CORS_ORIGINS": "*"]) { world in
            let any = try await world.api.call(
                "GET", "/api/me", token: adminToken, fields: ["Origin: https://any.example"])
            #expect(cors(any)["access-control-allow-origin"] == ["*"])
            let options = try await world.api.call("OPTIONS", "/api/me", fields: preflight)
            #expect(cors(options)["access-control-allow-origin"] == ["*"])
            #expect(cors(options)["access-control-allow-methods"] == ["GET, HEAD, PATCH, OPTIONS"])
            let null = try await world.api.call(
                "GET", "/api/me", token: adminToken, fields: ["Origin: null"])
            #expect(cors(null) == ["vary": ["Origin"]])
        }
    }
}
