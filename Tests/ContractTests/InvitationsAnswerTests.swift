import Kernel
import TestSupport
import Testing

/// The invitations service's responses equal the goldens, to the byte.
@Suite struct InvitationsAnswerTests {
    private let ada = InvitationsAlone.identity(Cast.ada)
    private let bob = InvitationsAlone.identity(Cast.bob)

    private func expect(
        _ answer: RawResponse, _ status: Int, is golden: String, _ asked: Asked,
        at location: SourceLocation = #_sourceLocation
    ) throws {
        #expect(answer.status == status, "\(answer.text)", sourceLocation: location)
        // The e-mail is sent within milliseconds, so its state can vary.
        let text = asked.golden(answer.text)
            .replacing(#""email_status":"sent""#, with: #""email_status":"pending""#)
        #expect(text == (try Golden.text(golden)), sourceLocation: location)
    }

    @Test func `invitations`() async throws {
        let asked = Asked()
        try await InvitationsAlone.run(asked) { alone, _ in
            let made = try await alone.api.call(
                "POST", InvitationsAlone.entity + "/invitations",
                body: #"{"email":"ada@example.com"}"#, fields: bob)
            try alone.call(made)
            try expect(made, 201, is: "public-invitation", asked)
            let path = try #require(made.field("location"))
            try expect(
                try await alone.api.call("GET", path, fields: bob), 200, is: "public-invitation",
                asked)
            for (target, identity, golden) in [
                (
                    InvitationsAlone.entity + "/invitations?status=pending", bob,
                    "public-invitation"
                ),
                ("/api/v1/invitations", ada, "public-invitation-received"),
            ] {
                let list = try await alone.api.call("GET", target, fields: identity)
                #expect(list.json?.names == ["data", "page", "page_size", "total"])
                let item = JSONValue(try Golden.bytes(golden))
                #expect(list.json?["data"]?[0]?.shape == item?.shape, "\(list.text)")
            }
            let revoked = try await alone.api.call("DELETE", path, fields: bob)
            try ContractTests.expect(revoked, 200, like: "public-invitation")
            #expect(revoked["status"] == "revoked")
        }
    }

    @Test func `bulk results`() async throws {
        let asked = Asked()
        try await InvitationsAlone.run(asked) { alone, _ in
            let made = try await alone.api.call(
                "POST", InvitationsAlone.entity + "/invitations/bulk",
                body: #"{"invitations":[{"email":"Ada@example.com"},{"email":"ada@example.com"}]}"#,
                fields: bob)
            let first = made.json?["results"]?[0]?["invitation"]
            asked.call(try #require(first?["id"]?.string, "\(made.text)"), Cast.invitation)
            let link = try #require(first?["accept_url"]?.string)
            asked.call(String(link.split(separator: ".").last ?? ""), "LinkTag")
            try expect(made, 200, is: "public-bulk-results", asked)
        }
    }

    @Test func `collaborators`() async throws {
        let asked = Asked()
        try await InvitationsAlone.run(asked) { alone, _ in
            try await alone.invite()
            try await alone.accept()
            let list = try await alone.api.call(
                "GET", InvitationsAlone.entity + "/collaborators", fields: bob)
            #expect(
                list.text == #"{"data":[\#(try Golden.text("public-collaborator"))],"#
                    + #""page":1,"page_size":20,"total":1}"#)
        }
    }

    @Test func `problems`() async throws {
        let asked = Asked()
        try await InvitationsAlone.run(asked) { alone, _ in
            let path = InvitationsAlone.entity + "/invitations"
            try ContractTests.expect(
                try await alone.api.call("GET", path + "/x", fields: bob), 404,
                like: "public-problem")
            try ContractTests.expect(
                try await alone.api.call("GET", path), 401, like: "public-problem")
            let invalid = try await alone.api.call(
                "POST", path, body: #"{"email":"x"}"#, fields: bob)
            try ContractTests.expect(invalid, 422, like: "public-problem-invalid")
            try await alone.invite()
            let again = try await alone.api.call(
                "POST", path, body: #"{"email":"ada@example.com"}"#, fields: bob)
            #expect(again.status == 409 && again.code == "already_invited", "\(again.text)")
            #expect(asked.golden(again["invitation_id"] ?? "") == Cast.invitation)
        }
    }
}
