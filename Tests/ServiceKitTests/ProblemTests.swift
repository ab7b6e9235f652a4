import HTTPClient
import HTTPCore
import Kernel
import SQLite
import TestSupport
import Testing

@testable import ServiceKit

@Suite struct ProblemTests {
    private func body(_ problem: Problem, instance: String? = "/api/x") -> JSONValue? {
        JSONValue(problem.response(instance: instance, requestId: "r1").body)
    }

    private func header(_ problem: Problem, _ name: String) -> String? {
        problem.response(instance: nil, requestId: "r1").value(name)
    }

    private static let statuses: [Fault.Kind: Int] = [
        .malformed: 400, .unauthenticated: 401, .forbidden: 403, .notFound: 404,
        .methodNotAllowed: 405, .requestTimeout: 408, .conflict: 409, .gone: 410,
        .preconditionFailed: 412, .tooLarge: 413, .targetTooLong: 414,
        .unsupportedMediaType: 415, .invalid: 422, .rateLimited: 429, .headTooLarge: 431,
        .expectationFailed: 417, .internalError: 500, .notImplemented: 501, .badUpstream: 502,
        .unavailable: 503, .timeout: 504, .versionNotSupported: 505,
    ]

    @Test(arguments: Fault.Kind.allCases) func `every kind has its status`(kind: Fault.Kind) {
        let problem = Problem(
            Fault(kind, code: "a_code", "A detail.", privateDetail: "/secret.sqlite"))
        let response = problem.response(instance: "/api/x", requestId: "r1")
        #expect(response.status == Self.statuses[kind])
        #expect(response.value("Content-Type") == "application/problem+json")
        let body = JSONValue(response.body)
        #expect(body?["type"]?.string == "/problems/a_code")
        #expect(body?["title"]?.string?.isEmpty == false)
        #expect(body?["status"]?.int == response.status)
        #expect(body?["detail"]?.string == "A detail." && body?["code"]?.string == "a_code")
        #expect(body?["instance"]?.string == "/api/x" && body?["requestId"]?.string == "r1")
        #expect(!String(decoding: response.body, as: UTF8.self).contains("secret"))
        #expect(body?["errors"] == nil)
    }

    @Test func `the WWW-Authenticate challenge follows RFC 6750`() {
        #expect(header(Problem(Fault.unauthenticated), "WWW-Authenticate") == "Bearer")
        let invalid = header(Problem(Fault.invalidToken), "WWW-Authenticate")
        #expect(invalid == #"Bearer error="invalid_token""#)
        let scope = header(Problem(Fault.insufficientScope(["a:b", "c"])), "WWW-Authenticate")
        #expect(scope == #"Bearer error="insufficient_scope", scope="a:b c""#)
        let forbidden = Problem(Fault(.forbidden, code: "no", "No."))
        #expect(header(forbidden, "WWW-Authenticate") == nil)
    }

    @Test func `retry times become Retry-After`() {
        let fault = Fault(.rateLimited, code: "slow_down", "Slow down.", retryAfter: 7)
        #expect(header(Problem(fault), "Retry-After") == "7")
        #expect(header(Problem(Fault(.rateLimited, code: "x", "X.")), "Retry-After") == nil)
    }

    @Test func `invalid fields are listed`() {
        let fault = Fault.invalid([Fault.Field("/a/0", "is bad"), Fault.Field("/b~1", "is worse")])
        let errors = body(Problem(fault))?["errors"]
        #expect(errors?.items.count == 2)
        #expect(
            errors?[1]?["pointer"]?.string == "/b~1" && errors?[1]?["detail"]?.string == "is worse")
    }

    @Test(arguments: [400, 408, 413, 414, 417, 431, 501, 503, 505])
    func `malformed requests have their own problem codes`(status: Int) {
        let problem = Problem(HTTPError(status, "What is wrong."))
        #expect(problem.status == status && problem.detail == "What is wrong.")
        #expect(problem.code.wholeMatch(of: /[a-z_]+/) != nil)
        // The server itself says when to come back to it.
        #expect(header(problem, "Retry-After") == nil)
        #expect(body(problem, instance: nil)?["instance"] == nil)
    }

    @Test func `an unexpected error reveals nothing`() {
        struct Oops: Error { let path = "/var/lib/secret" }
        let problem = Problem(Oops() as any Error)
        #expect(problem.status == 500 && problem.code == "internal_error")
        #expect(!problem.detail.contains("secret"))
    }

    @Test(arguments: DatabaseError.Kind.allCases)
    func `no database error shows SQL or a path`(kind: DatabaseError.Kind) {
        let problem = Problem(DatabaseError(kind, "SELECT x FROM /data/users.sqlite") as any Error)
        #expect([500, 503].contains(problem.status))
        #expect((problem.status == 503) == (header(problem, "Retry-After") != nil))
        let text = String(
            decoding: problem.response(instance: nil, requestId: "").body, as: UTF8.self)
        #expect(!text.contains("SELECT") && !text.contains("sqlite") && !text.contains("/data"))
    }

    @Test(
        arguments: [
            (.unreachable, 503), (.overloaded, 503), (.circuitOpen, 503),
            (.timeout, 504), (.closed, 502), (.malformed, 502), (.insecure, 502),
        ] as [(UpstreamFailure, Int)])
    func `a failing upstream maps to 502, 503 or 504`(failure: UpstreamFailure, status: Int) {
        let problem = Problem(failure as any Error)
        #expect(problem.status == status)
        #expect((header(problem, "Retry-After") != nil) == (status == 503))
    }
}

@Suite struct RequestIDTests {
    private func id(_ given: String?) throws -> String {
        var ids = RequestIDs(random: SeededRandom(seed: 1))
        return ids.id(of: try head("/", given.map { ["X-Request-Id: \($0)"] } ?? []))
    }

    @Test(arguments: ["a", "A.b_c-9", String(repeating: "x", count: 128)])
    func `a valid request id of the caller is kept`(given: String) throws {
        #expect(try id(given) == given)
    }

    @Test(arguments: [
        "", "a b", "a\"b", "a/b", "ä", "<script>", String(repeating: "x", count: 129),
    ])
    func `an invalid request id of the caller is replaced`(given: String) throws {
        let id = try id(given)
        #expect(id != given && id.wholeMatch(of: /[A-Za-z0-9]{18,}/) != nil)
    }

    @Test func `new request ids differ, also between loops`() throws {
        var first = RequestIDs(random: SeededRandom(seed: 1))
        var second = RequestIDs(random: SeededRandom(seed: 2))
        let ids = (0..<1_000).flatMap { _ in [first.id(of: nil), second.id(of: nil)] }
        #expect(Set(ids).count == 2_000)
    }
}
