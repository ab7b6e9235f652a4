import Testing

@testable import OpenAPI

@Suite struct SearchTests {
    private let search: Search

    init() throws { search = try World.describe().reference.search }

    private func titles(_ query: String) -> [String] { search.find(query).map(\.title) }

    @Test(arguments: [
        ("share entity", "Share an entity"), ("shareEntity", "Share an entity"),
        ("POST /api/entities/{entityId}/shares", "Share an entity"),
        ("SLUG_taken", "slug_taken"), ("users:act_as", "users:act_as"),
        ("idempotency", "Idempotency"), ("sunset", "Deprecation"),
        ("invitation.sent", "invitation.sent"), ("EntityList", "EntityList"),
    ])
    func `operations, problems, scopes, topics, events and objects are found`(
        query: String, title: String
    ) {
        // A page of a list is no object of its own.
        guard title != "EntityList" else { return #expect(titles(query).isEmpty) }
        #expect(titles(query).contains { $0.hasPrefix(title) }, "\(titles(query).prefix(5))")
    }

    @Test func `what has the words in its title comes first`() {
        let found = search.find("delete an entity")
        #expect(found.first?.title.hasPrefix("Delete an entity") == true)
    }

    @Test func `all words must be there, and no words find nothing`() {
        #expect(titles("share nonsense").isEmpty)
        #expect(titles("").isEmpty && titles(" \t").isEmpty)
        #expect(titles("e").count > Search.most)
    }

    @Test func `the page shows the query as text, and bounds what it lists`() {
        let odd = "<script>\"'&" + String(repeating: "x", count: 10_000)
        let page = String(decoding: search.page(for: odd).html, as: UTF8.self)
        #expect(!page.contains("<script>") && page.contains("&lt;script&gt;&quot;&#39;&amp;xxx"))
        #expect(!page.contains(String(repeating: "x", count: Search.longest)))
        let all = String(decoding: search.page(for: "e").html, as: UTF8.self)
        let list = all.split(separator: "<ul class=\"found\">").last ?? ""
        #expect(list.split(separator: "</ul>")[0].matches(of: /<li>/).count == Search.most)
    }
}
