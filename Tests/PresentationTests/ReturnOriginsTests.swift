import Kernel
import Presentation
import ServiceKit
import Testing

@Suite struct ReturnOriginsTests {
    private static let origins = ReturnOrigins([
        "https://app.example.com", "http://localhost:3000",
    ])

    @Test(arguments: [
        "https://app.example.com", "https://app.example.com/", "https://APP.example.com/a/b?c=d&e",
        "https://app.example.com:443/x", "http://localhost:3000/done?x=%20",
    ])
    func `an address of a configured origin is allowed`(_ address: String) throws {
        #expect(try Self.origins.check(address, pointer: "/return_url") == address)
    }

    @Test(arguments: [
        "", "/done", "app.example.com", "//app.example.com", "http://app.example.com",
        "https://app.example.com:444", "https://evil.example",
        "https://app.example.com.evil.example",
        "https://app.example.com@evil.example", "https://evil@app.example.com/",
        "https://app.example.com/#fragment", "https://app.example.com\\@evil.example",
        "https://app.example.com/ x", "https://app.example.com/\r\nX: y", "javascript:alert(1)",
        "data:text/html,x", "https://äpp.example.com", "http://localhost:3001",
        "https:app.example.com", "https:///app.example.com",
    ])
    func `any other address is refused`(_ address: String) {
        #expect(throws: Fault.self) {
            try Self.origins.check(address, pointer: "/return_url")
        }
    }

    @Test func `none is none, and without origins nothing is allowed`() throws {
        #expect(try Self.origins.check(nil, pointer: "") == nil)
        #expect(throws: Fault.self) {
            try ReturnOrigins().check("https://app.example.com", pointer: "")
        }
    }

    @Test func `the product's own origin is allowed, and origins have no path`() throws {
        var settings = Settings([
            "LATCHKEY_RETURN_ORIGINS": "https://a.example, https://b.example:8443"
        ])
        var brand = Brand()
        brand.appURL = "https://app.example.com/start?x=1"
        let origins = ReturnOrigins(&settings, brand)
        #expect(settings.mistakes.isEmpty)
        for address in [
            "https://a.example/x", "https://b.example:8443/", "https://app.example.com/done",
        ] {
            #expect(try origins.check(address, pointer: "") == address)
        }
        var wrong = Settings(["LATCHKEY_RETURN_ORIGINS": "https://a.example/path,*"])
        _ = ReturnOrigins(&wrong, Brand())
        #expect(wrong.mistakes.count == 2)
    }

    @Test func `what happened is added to the query`() {
        #expect(
            ReturnOrigins.address("https://a.example", [("x", "a b"), ("y", "1")])
                == "https://a.example?x=a%20b&y=1")
        #expect(
            ReturnOrigins.address("https://a.example/p?q=1", [("x", "&")])
                == "https://a.example/p?q=1&x=%26")
    }
}
