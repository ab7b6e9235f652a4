import HTTPCore
import Kernel
import TestSupport
import Testing

@testable import ServiceKit

@Suite struct PageRequestTests {
    private func page(_ query: String, _ style: ListStyle = .plain) throws -> PageRequest {
        try request("/api/things?" + query).page(style)
    }

    private func pointers(_ query: String, _ style: ListStyle = .plain) -> [String]? {
        fault { try page(query, style) }?.fields.map(\.pointer)
    }

    @Test func `defaults are page 1 of 20`() throws {
        #expect(try page("") == PageRequest(page: 1, size: 20))
        #expect(try request("/api/things").page() == PageRequest(page: 1, size: 20))
    }

    @Test func `page and size can be given in either style`() throws {
        #expect(try page("page=3&pageSize=100") == PageRequest(page: 3, size: 100))
        #expect(try page("page=3&page_size=7", .snakeCase) == PageRequest(page: 3, size: 7))
        #expect(try page("page=3&pageSize=7", .snakeCase) == PageRequest(page: 3, size: 20))
        #expect(try page("%70age=3") == PageRequest(page: 3, size: 20))
    }

    @Test(arguments: [
        "0", "-1", "+1", "1.0", "", "%20", "1%20", "a", "0x1", "1e9", "%D9%A1",
        "9223372036854775808",
        "99999999999999999999999999", "1000000001",
    ]) func `no such page`(text: String) {
        #expect(pointers("page=\(text)") == ["/page"])
    }

    @Test(arguments: ["0", "-1", "+1", "101", "1000000000", "", "18446744073709551617"])
    func `no such size`(text: String) {
        #expect(pointers("pageSize=\(text)") == ["/pageSize"])
        #expect(pointers("page_size=\(text)", .snakeCase) == ["/page_size"])
    }

    @Test func `both errors are reported together`() {
        #expect(pointers("page=0&pageSize=0") == ["/page", "/pageSize"])
    }

    @Test func `a repeated parameter is refused`() {
        #expect(pointers("page=1&page=1") == ["/page"])
        #expect(pointers("pageSize=1&x=2&pageSize=3") == ["/pageSize"])
    }

    @Test func `the farthest page does not overflow`() throws {
        let far = try page("page=1000000000&pageSize=100")
        #expect(far.offset == 99_999_999_900)
    }

    @Test func `a query with invalid UTF-8 is malformed`() {
        #expect(fault { try page("page=%FF") }?.code == "malformed_query")
    }

    @Test func `values are form-decoded`() throws {
        let request = try request("/?search=a+b%2Bc%26&empty=&none")
        #expect(try request.query("search") == "a b+c&")
        #expect(try request.query("empty") == "")
        #expect(try request.query("none") == "")
        #expect(try request.query("Search") == nil)
    }
}

@Suite struct LinkTests {
    /// Targets by relation.
    private func links(
        _ target: String, page: Int, size: Int = 10, total: Int, style: ListStyle = .plain
    ) throws -> [String: String] {
        let list = Page([1], PageRequest(page: page, size: size), total: total)
        let response = Response.list(list, for: try request(target), style: style)
        let value = try #require(response.value("Link"))
        var links: [String: String] = [:]
        for part in value.split(separator: ", ") {
            let halves = part.split(separator: ">; rel=\"")
            try #require(halves.count == 2 && part.hasPrefix("<") && part.hasSuffix("\""))
            links[String(halves[1].dropLast())] = String(halves[0].dropFirst())
        }
        return links
    }

    @Test func `the first page links forward`() throws {
        let links = try links("/api/things", page: 1, total: 25)
        #expect(
            links == [
                "next": "/api/things?page=2&pageSize=10", "first": "/api/things?page=1&pageSize=10",
                "last": "/api/things?page=3&pageSize=10",
            ])
    }

    @Test func `a page in the middle links both ways, the last one back`() throws {
        #expect(
            try links("/a", page: 2, total: 25).keys.sorted() == ["first", "last", "next", "prev"])
        let last = try links("/a", page: 3, total: 25)
        #expect(last["next"] == nil && last["prev"] == "/a?page=2&pageSize=10")
    }

    @Test func `beyond the last page, prev links to the last page`() throws {
        let links = try links("/a", page: 9, total: 25)
        #expect(links["next"] == nil && links["prev"] == "/a?page=3&pageSize=10")
    }

    @Test func `an empty list has one page`() throws {
        let links = try links("/a", page: 1, total: 0)
        #expect(links.keys.sorted() == ["first", "last"])
        #expect(links["last"] == "/a?page=1&pageSize=10")
    }

    @Test func `a full last page is the last`() throws {
        #expect(try links("/a", page: 2, total: 20)["next"] == nil)
        #expect(try links("/a", page: 2, total: 21)["next"] != nil)
    }

    @Test func `links keep other parameters`() throws {
        let query = "search=a%20b%2Cc&pageSize=10&x=pageSize=3&page=1&mypage=5&type=app"
        let links = try links("/a/%C3%A9?" + query, page: 1, total: 25)
        #expect(
            links["next"]
                == "/a/%C3%A9?search=a%20b%2Cc&x=pageSize=3&mypage=5&type=app&page=2&pageSize=10")
    }

    @Test func `links of a long query leave out unknown parameters`() throws {
        let long = "x=" + String(repeating: "y", count: 7_000)
        let links = try links("/a?\(long)&page=2", page: 2, total: 25)
        #expect(links["next"] == "/a?page=3&pageSize=10")
        let some = "x=" + String(repeating: "y", count: 3_000)
        #expect(try self.links("/a?\(some)", page: 1, total: 25)["next"]?.contains(some) == true)
    }

    @Test func `the snake_case style has its own names`() throws {
        let links = try links("/a?page_size=10&pageSize=3", page: 1, total: 25, style: .snakeCase)
        #expect(links["next"] == "/a?pageSize=3&page=2&page_size=10")
    }

    @Test func `envelopes are those of the API`() throws {
        let page = Page([1, 2], PageRequest(page: 2, size: 2), total: 5)
        let plain = JSONValue(Response.list(page, for: try request()).body)
        #expect(plain?.names == ["items", "page", "pageSize", "total"])
        #expect(
            plain?["page"]?.int == 2 && plain?["pageSize"]?.int == 2 && plain?["total"]?.int == 5)
        let snake = JSONValue(Response.list(page, for: try request(), style: .snakeCase).body)
        #expect(snake?.names == ["data", "page", "page_size", "total"])
        #expect(snake?["data"]?.items.count == 2)
    }
}
