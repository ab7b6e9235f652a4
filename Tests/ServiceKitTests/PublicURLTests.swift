import ServiceKit
import Testing

@Suite struct PublicURLTests {
    @Test(arguments: [
        ("https://api.example.com", "https://api.example.com", "https://api.example.com", ""),
        ("http://localhost:8080/", "http://localhost:8080", "http://localhost:8080", ""),
        (
            "HTTPS://API.example.com:443", "HTTPS://API.example.com:443", "https://api.example.com",
            ""
        ),
        ("http://[::1]:80/a", "http://[::1]:80/a", "http://[::1]", "/a"),
        ("https://a.example/access", "https://a.example/access", "https://a.example", "/access"),
        (
            "https://a.example/a/b-_.~1/", "https://a.example/a/b-_.~1", "https://a.example",
            "/a/b-_.~1"
        ),
    ])
    func `an address has an origin and a path`(
        given: String, text: String, origin: String, path: String
    ) throws {
        let url = try #require(PublicURL(given))
        #expect(url.text == text && url.origin == origin && url.path == path)
        #expect(url.isSecure == origin.hasPrefix("https:"))
    }

    @Test(arguments: [
        "", "api.example.com", "ftp://a.example", "https://", "https://a@b.example",
        "https://a.example?x", "https://a.example#x", "https://ä.example", "https://a.example//",
        "https://a.example/a//b", "https://a.example/../b", "https://a.example/./b",
        "https://a.example/a%2Fb", "https://a.example/a;b", "https://a.example/ä", "/access",
    ])
    func `a public URL with an invalid path is refused`(text: String) {
        #expect(PublicURL(text) == nil)
    }
}
