import Contract
import InvitationsContract
import Kernel
import Testing

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

/// The input of workspaces, invitations and responses.
@Suite struct WorkspaceDraftTests {
    private func fields<T>(_ body: () throws(Fault) -> T) -> [Fault.Field] {
        do {
            _ = try body()
            return []
        } catch {
            #expect(error.kind == .invalid && error.code == "validation_failed")
            return error.fields
        }
    }

    private func pointers<T>(_ body: () throws(Fault) -> T) -> [String] {
        fields(body).map(\.pointer)
    }

    // MARK: Names

    @Test func `a name is trimmed and has 1 to 200 characters`() throws {
        #expect(try WorkspaceDraft(name: "  Field research ").name == "Field research")
        for name in ["L", String(repeating: "ü", count: 200)] {
            #expect(try WorkspaceDraft(name: name).name == name)
            #expect(try WorkspaceUpdate(name: .value(name)).name == name)
        }
    }

    @Test(arguments: [
        "", "   ", "\u{200B}", "a\u{0}b", "a\nb", "a\u{1b}[2Jb", "\u{202E}bal", "a\u{2028}b",
        String(repeating: "a", count: 201),
    ])
    func `an invalid name is refused with its pointer`(_ name: String) {
        #expect(pointers { () throws(Fault) in try WorkspaceDraft(name: name) } == ["/name"])
        #expect(
            pointers { () throws(Fault) in try WorkspaceUpdate(name: .value(name)) } == ["/name"])
    }

    @Test func `an empty update changes nothing, and the name can't be cleared`()
        throws
    {
        let lab = Workspace(
            id: "x", name: "Lab", ownerId: "usr_ada", createdAt: Timestamp(milliseconds: 5))
        #expect(try WorkspaceUpdate().applied(to: lab) == lab)
        let renamed = try WorkspaceUpdate(name: .value("Shop")).applied(to: lab)
        #expect(renamed.name == "Shop" && renamed.id == lab.id)
        #expect(renamed.ownerId == lab.ownerId && renamed.createdAt == lab.createdAt)
        #expect(pointers { () throws(Fault) in try WorkspaceUpdate(name: .null) } == ["/name"])
    }

    // MARK: Invitations

    @Test func `only the address is required, and permissions default to read`() throws {
        let draft = try WorkspaceInvitationDraft(email: " Bob@Example.COM ")
        #expect(draft.email == "bob@example.com" && draft.permissions == .read)
        for (word, permissions) in [("read", WorkspacePermission.read), ("write", .write)] {
            let draft = try WorkspaceInvitationDraft(email: "b@example.com", permissions: word)
            #expect(draft.permissions == permissions)
        }
    }

    @Test(arguments: ["", "bob", "bob@", "@example.com", "Bob <bob@example.com>", "a@b@c.de"])
    func `an invalid address is refused`(_ email: String) {
        #expect(
            pointers { () throws(Fault) in try WorkspaceInvitationDraft(email: email) } == [
                "/invitedEmail"
            ])
        #expect(
            pointers { () throws(Fault) in
                try WorkspaceInvitationResponse(status: "accepted", email: email)
            } == ["/userEmail"])
    }

    @Test(arguments: ["owner", "admin", "", "Read", "read ", "write\u{0}"])
    func `ownership and unknown permissions can't be given`(_ permissions: String) {
        let expected = [Fault.Field("/permissions", "must be one of read, write")]
        #expect(
            fields { () throws(Fault) in
                try WorkspaceInvitationDraft(email: "b@example.com", permissions: permissions)
            } == expected)
        #expect(
            fields { () throws(Fault) in try WorkspacePermission(given: permissions) } == expected)
    }

    @Test func `all invalid fields are reported together`() {
        #expect(
            pointers { () throws(Fault) in
                try WorkspaceInvitationDraft(email: "x", permissions: "owner")
            } == ["/invitedEmail", "/permissions"])
        let answer = pointers { () throws(Fault) in
            try WorkspaceInvitationResponse(status: "maybe", email: "x")
        }
        #expect(answer.sorted() == ["/status", "/userEmail"])
    }

    // MARK: Responses

    @Test func `a response is accepted or rejected, with an address`() throws {
        let yes = try WorkspaceInvitationResponse(status: "accepted", email: " Bob@Example.com")
        #expect(yes.accepts && yes.email == "bob@example.com")
        #expect(
            try !WorkspaceInvitationResponse(status: "rejected", email: "b@example.com").accepts)
    }

    @Test(arguments: ["", "pending", "expired", "revoked", "Accepted", "declined", " rejected"])
    func `other statuses are refused as a response`(_ status: String) {
        #expect(
            fields { () throws(Fault) in
                try WorkspaceInvitationResponse(status: status, email: "b@example.com")
            } == [Fault.Field("/status", "must be one of accepted, rejected")])
    }

    @Test func `every permission below owner can be given`() {
        #expect(WorkspacePermission.givable == WorkspacePermission.allCases.filter { $0 < .owner })
    }

    @Test func `every type of event is unique and documented`() {
        #expect(Set(WorkspaceEvents.all).count == 7 && WorkspaceEvents.all.count == 7)
        #expect(WorkspaceEvents.all.allSatisfy(EventTypes.all.contains))
    }
}
