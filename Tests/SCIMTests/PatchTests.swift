import FoundationEssentials
import Kernel
import TestSupport
import Testing

@testable import SCIM

@Suite struct PatchTests {
    private func json(_ text: String) throws -> SCIMValue {
        try JSONDecoder().decode(SCIMValue.self, from: Data(text.utf8))
    }

    private func patched(
        _ operations: String, of resource: SCIMObject = FilterTests.ada
    ) throws -> SCIMObject {
        let body = try json(#"{"schemas":["\#(SCIMURN.patch)"],"Operations":[\#(operations)]}"#)
        return try SCIMPatch(body).applied(to: resource, .test)
    }

    private func fault(_ operations: String) -> String? {
        caught(Fault.self) { try patched(operations) }?.members[SCIMErrorType.member]
    }

    @Test func `Entra's operations have capitals, and truth values as text`() throws {
        let changed = try patched(
            #"{"op":"Replace","path":"active","value":"False"},"#
                + #"{"op":"Add","path":"name.familyName","value":"Byron"},"#
                + #"{"op":"Replace","path":"emails[type eq \"work\"].value","value":"a@b.example"}"#
        )
        #expect(changed["active"] == false)
        #expect(changed["name"]?["familyName"] == "Byron")
        #expect(changed["name"]?["givenName"] == "Ada")
        #expect(changed["emails"]?.items?[0]["value"] == "a@b.example")
        #expect(changed["emails"]?.items?[0]["primary"] == true)
        #expect(changed["emails"]?.items?.count == 2)
    }

    @Test func `Okta's operations have no path, and repeat the id`() throws {
        let changed = try patched(
            #"{"op":"replace","value":{"id":"usr_1","active":false,"nickName":"A"}}"#)
        #expect(changed["active"] == false)
        #expect(changed["id"] == "usr_1" && changed["nickName"] == nil)
    }

    @Test func `names of a value without a path can be paths themselves`() throws {
        let changed = try patched(
            #"{"op":"Add","value":{"name.givenName":"Augusta","emails[type eq \"other\"].value":"#
                + #""c@d.example","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":"#
                + #"{"department":"x"},"\#(SCIMURN.user)":{"title":"Countess"}}}"#)
        #expect(changed["name"]?["givenName"] == "Augusta")
        #expect(changed["emails"]?.items?.last == ["type": "other", "value": "c@d.example"])
        #expect(changed["title"] == "Countess")
    }

    @Test func `values are added once, and a new primary one is the only one`() throws {
        let changed = try patched(
            #"{"op":"add","path":"emails","value":[{"value":"ADA@home.example","type":"home"},"#
                + #"{"value":"new@example.com","type":"other","primary":true}]}"#)
        let items = changed["emails"]?.items ?? []
        #expect(items.count == 3)
        #expect(items.map { $0["primary"]?.bool } == [false, nil, true])
    }

    @Test func `values are removed by filter, by value and as a whole`() throws {
        let byFilter = try patched(#"{"op":"remove","path":"emails[type eq \"home\"]"}"#)
        #expect(byFilter["emails"]?.items?.count == 1)
        let byValue = try patched(
            #"{"op":"Remove","path":"emails","value":[{"value":"ada@home.example"}]}"#)
        #expect(byValue["emails"]?.items?.map { $0["type"] } == ["work"])
        #expect(try patched(#"{"op":"remove","path":"emails"}"#)["emails"] == nil)
        let part = try patched(#"{"op":"remove","path":"emails[type eq \"work\"].primary"}"#)
        #expect(part["emails"]?.items?[0]["primary"] == nil)
        let nothing = try patched(#"{"op":"remove","path":"emails[type eq \"none\"]"}"#)
        #expect(nothing == FilterTests.ada)
    }

    @Test func `null and the empty list stand for no value`() throws {
        #expect(try patched(#"{"op":"replace","path":"name","value":null}"#)["name"] == nil)
        #expect(try patched(#"{"op":"replace","path":"emails","value":[]}"#)["emails"] == nil)
        #expect(try patched(#"{"op":"add","path":"emails","value":[]}"#) == FilterTests.ada)
    }

    @Test func `a mistake is named as the standard names it`() {
        #expect(fault(#"{"op":"replace","path":"id","value":"usr_2"}"#) == "mutability")
        #expect(fault(#"{"op":"remove","path":"userName"}"#) == "mutability")
        #expect(fault(#"{"op":"replace","path":"unknown","value":"x"}"#) == "invalidPath")
        #expect(fault(#"{"op":"replace","path":"name.unknown","value":"x"}"#) == "invalidPath")
        #expect(fault(#"{"op":"replace","path":"name[","value":"x"}"#) == "invalidPath")
        #expect(fault(#"{"op":"replace","path":"title[value eq \"x\"]","value":"x"}"#) != nil)
        #expect(fault(#"{"op":"remove"}"#) == "noTarget")
        #expect(
            fault(#"{"op":"replace","path":"emails[type eq \"x\"].value","value":"y"}"#)
                == "noTarget")
        #expect(fault(#"{"op":"replace","path":"active","value":"maybe"}"#) == "invalidValue")
        #expect(fault(#"{"op":"replace","path":"userName","value":7}"#) == "invalidValue")
        #expect(fault(#"{"op":"move","path":"userName","value":"x"}"#) == "invalidSyntax")
        #expect(fault(#"{"op":"replace","value":"x"}"#) == "invalidValue")
        #expect(fault("") == "invalidSyntax")
    }

    @Test func `one operation that fails undoes all`() {
        #expect(
            fault(
                #"{"op":"replace","path":"active","value":false},"#
                    + #"{"op":"replace","path":"meta.location","value":"x"}"#) == "mutability")
    }

    @Test func `an attribute that the standard has and the server doesn't is ignored`() throws {
        #expect(
            try patched(
                #"{"op":"add","path":"nickName","value":"A"},"#
                    + #"{"op":"add","path":"urn:ietf:params:scim:schemas:extension:enterprise:"#
                    + #"2.0:User:department","value":"x"}"#) == FilterTests.ada)
    }

    @Test func `a client's resource is taken under the schema's names`() throws {
        let read = try SCIMSchema.test.read(
            try json(
                #"{"ID":"usr_9","USERNAME":"grace","Active":"TRUE","#
                    + #""emails":{"Value":"g@x.example"},"#
                    + #""unknown":1,"meta":{},"title":null}"#))
        #expect(read.members.map(\.name) == ["userName", "active", "emails"])
        #expect(read["active"] == true)
        #expect(read["emails"] == [["value": "g@x.example"]])
        #expect(throws: Fault.self) { try SCIMSchema.test.read(["userName": [1]]) }
        #expect(throws: Fault.self) {
            try SCIMSchema.test.read([
                "emails": [
                    ["value": "a", "primary": true], ["value": "b", "primary": true],
                ]
            ])
        }
    }
}
