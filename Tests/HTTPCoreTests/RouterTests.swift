import Testing

@testable import HTTPCore

struct RouterTests {
    private static let routes: [(HTTPCore.Method, String, String)] = [
        (.get, "/", "root"),
        (.get, "/api/entities", "list"),
        (.post, "/api/entities", "create"),
        (.get, "/api/entities/{id}", "read"),
        (.delete, "/api/entities/{id}", "delete"),
        (.get, "/api/entities/search", "search"),
        (.get, "/api/entities/{id}/shares/{share}", "share"),
        (.get, "/api/entities/search/deep/er", "deeper"),
        (.get, "/a/{b}/{c}/{d}/{e}", "four"),
        (.post, "/api/{kind}/search", "find"),
        (.get, "/console", "redirect"),
        (.get, "/console/", "page"),
        (.get, "/console/{file}", "file"),
    ]
    private static let router = Router(routes.enumerated().map { ($1.0, $1.1, $0) })

    private func match(_ method: HTTPCore.Method, _ path: String) -> String {
        let path = bytes(path)
        let match = path.withUnsafeBytes { Self.router.match(method, $0) }
        switch match {
        case .found(let value, let parameters):
            let texts = (0..<parameters.count).map {
                String(decoding: path[parameters[$0]], as: UTF8.self)
            }
            return ([Self.routes[value].2] + texts).joined(separator: " ")
        case .methodNotAllowed(let methods):
            return "405 " + methods.map(\.name).sorted().joined(separator: ",")
        case .notFound: return "404"
        }
    }

    @Test(arguments: [
        ("/", "root"), ("/api/entities", "list"), ("/api/entities/e1", "read e1"),
        ("/api/entities/search", "search"), ("/api/entities/searching", "read searching"),
        ("/api/entities/e1/shares/s1", "share e1 s1"),
        ("/api/entities/search/deep/er", "deeper"), ("/a/1/2/3/4", "four 1 2 3 4"),
        ("/console", "redirect"), ("/console/", "page"), ("/console/app.js", "file app.js"),
        ("/console/app.js/", "404"), ("/console//", "404"),
    ])
    func `a path finds its route and parameters`(path: String, route: String) {
        #expect(match(.get, path) == route)
    }

    @Test func `a literal without a route falls back to the parameter`() {
        #expect(match(.get, "/api/entities/search/shares/s") == "share search s")
    }

    @Test func `a literal path takes precedence, with its methods only`() {
        #expect(match(.post, "/api/entities/search") == "405 GET,HEAD")
        #expect(match(.delete, "/api/entities/search") == "405 GET,HEAD")
    }

    @Test(arguments: [
        "/nothing", "/api", "/api/entities/", "/api/entities/e1/", "/api/entities/e1/shares",
        "/api/entities/e1/shares/", "/API/entities", "/api/entities/search/deep", "", "*",
        "/a/1/2/3/4/5", "/api%2Fentities",
    ])
    func `an unknown path is not found`(path: String) {
        #expect(match(.get, path) == "404")
    }

    @Test func `a known path with another method lists its methods`() {
        #expect(match(.put, "/api/entities") == "405 GET,HEAD,POST")
        #expect(match(.put, "/api/entities/e1") == "405 DELETE,GET,HEAD")
        #expect(match(.post, "/api/entities/e1") == "405 DELETE,GET,HEAD")
        #expect(match(.other, "/") == "405 GET,HEAD")
    }

    @Test func `HEAD is served by the route of GET`() {
        #expect(match(.head, "/api/entities/e1") == "read e1")
        #expect(match(.head, "/nothing") == "404")
    }

    @Test func `two routes for the same requests trap at start`() async {
        await #expect(processExitsWith: .failure) {
            _ = Router([(.get, "/a/{b}", 1), (.get, "/a/{c}", 2)])
        }
        await #expect(processExitsWith: .failure) {
            _ = Router([(.get, "/a", 1), (.get, "/a", 2)])
        }
    }
}
