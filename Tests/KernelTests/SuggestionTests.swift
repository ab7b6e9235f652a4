import Kernel
import Testing

@Suite struct SuggestionTests {
    private let known = ["name", "expires_in_days", "organizationId", "type", "slug", "pageSize"]

    @Test(arguments: [
        ("expiresInDays", "expires_in_days"), ("organization_id", "organizationId"),
        ("organisationId", "organizationId"), ("nam", "name"), ("names", "name"),
        ("anme", "name"), ("tpye", "type"), ("PAGESIZE", "pageSize"), ("page-size", "pageSize"),
        ("pageSizes", "pageSize"), ("Name", "name"),
    ])
    func `the nearest known name is found`(_ name: String, _ nearest: String) {
        #expect(Suggestion.nearest(to: name, among: known) == nearest)
    }

    @Test(arguments: ["", "x", "mane_", "title", "organ", "typeOfThing"])
    func `names that are like none get no suggestion`(_ name: String) {
        #expect(Suggestion.nearest(to: name, among: known) == nil)
    }

    @Test func `a very long name is not compared`() {
        let long = String(repeating: "n", count: 1_000_000)
        #expect(Suggestion.nearest(to: long, among: known + [long]) == nil)
    }
}
