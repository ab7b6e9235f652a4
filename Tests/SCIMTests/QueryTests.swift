import Kernel
import Testing

@testable import SCIM

@Suite struct QueryTests {
    private func query(_ parameters: [String: String]) throws(Fault) -> SCIMQuery {
        try SCIMQuery(parameters: { parameters[$0] })
    }

    private func users(_ names: [String?]) -> [SCIMObject] {
        names.enumerated().map { index, name in
            var user = SCIMObject([("id", .string("usr_\(index)")), ("userName", "u")])
            user["title"] = name.map { .string($0) }
            return user
        }
    }

    private func ids(
        _ parameters: [String: String], _ users: [SCIMObject]
    ) throws -> ([String], Int) {
        var selection = SCIMQuery.Selection(try query(parameters))
        let filter = try query(parameters).filter
        for user in users { try selection.take(user, .test, if: filter) }
        let page = selection.page
        return (page.resources.compactMap { $0["id"]?.string }, page.total)
    }

    @Test func `a page is sorted, those without a value are last in either order`() throws {
        let all = users(["b", nil, "C", "a", "B"])
        let up = try ids(["sortBy": "title"], all)
        #expect(up == (["usr_3", "usr_0", "usr_4", "usr_2", "usr_1"], 5))
        let down = try ids(["sortBy": "title", "sortOrder": "descending"], all)
        #expect(down == (["usr_2", "usr_0", "usr_4", "usr_3", "usr_1"], 5))
        let part = try ids(["sortBy": "title", "startIndex": "2", "count": "2"], all)
        #expect(part == (["usr_0", "usr_4"], 5))
    }

    @Test func `a page begins where it is asked to, and counts all matches`() throws {
        let all = users(["a", "b", "a", "a", "b"])
        let filter = #"title eq "a""#
        #expect(try ids(["filter": filter, "count": "1"], all) == (["usr_0"], 3))
        #expect(try ids(["filter": filter, "startIndex": "3"], all) == (["usr_3"], 3))
        #expect(try ids(["filter": filter, "count": "0"], all) == ([], 3))
        #expect(try ids(["startIndex": "-5", "count": "-1"], all) == ([], 5))
        #expect(try query(["count": "9999"]).count == SCIMQuery.maximumCount)
        #expect(throws: Fault.self) { try query(["count": "many"]) }
        #expect(throws: Fault.self) { try query(["sortOrder": "sideways"]) }
    }

    @Test func `attributes are chosen, and those that are always returned stay`() throws {
        func shown(_ parameters: [String: String]) throws -> SCIMObject {
            try query(parameters).projection.applied(to: FilterTests.ada, .test)
        }
        #expect(
            try shown(["attributes": "userName, name.familyName"]).members.map(\.name)
                == ["schemas", "id", "userName", "name"])
        #expect(try shown(["attributes": "name.familyName"])["name"] == ["familyName": "Lovelace"])
        #expect(
            try shown(["attributes": "urn:ietf:params:scim:schemas:core:2.0:User:USERNAME"])[
                "userName"] != nil)
        let without = try shown(["excludedAttributes": "emails,id,name.givenName"])
        #expect(without["emails"] == nil && without["id"] != nil)
        #expect(without["name"] == ["familyName": "Lovelace"])
        #expect(try shown([:]) == FilterTests.ada)
    }

    @Test func `the body of a search says the same as a query`() throws {
        let body: SCIMValue = [
            "schemas": [.string(SCIMURN.searchRequest)], "attributes": ["userName"],
            "filter": "active eq true", "sortBy": "userName", "sortOrder": "descending",
            "startIndex": 3, "count": 7,
        ]
        let search = try SCIMQuery(search: body)
        #expect(search.filter == .compare(AttributePath("active"), .eq, true))
        #expect(search.isDescending && search.startIndex == 3 && search.count == 7)
        #expect(!search.projection.includes("emails"))
        #expect(throws: Fault.self) { try SCIMQuery(search: ["filter": 1]) }
    }
}
