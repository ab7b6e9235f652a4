import InvitationsContract
import Kernel
import Mail
import Testing

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

/// The input of an invitation.
@Suite struct DraftTests {
    private func fields(
        _ email: String = "bob@example.com", role: String? = nil, days: Int? = nil,
        message: String? = nil
    ) -> [Fault.Field] {
        do {
            _ = try InvitationDraft(email: email, role: role, days: days, message: message)
            return []
        } catch {
            #expect(error.kind == .invalid && error.code == "validation_failed")
            return error.fields
        }
    }

    @Test func `only the address is required`() throws {
        let draft = try InvitationDraft(email: " Bob@Example.COM ")
        #expect(draft.email == "bob@example.com" && draft.role == .collaborator)
        #expect(draft.days == 7 && draft.sendsMail && draft.message == nil)
        let other = try InvitationDraft(
            email: "bob@example.com", role: "viewer", days: 90, sendsMail: false, message: " Hi ")
        #expect(other.role == .viewer && other.days == 90 && !other.sendsMail)
        #expect(other.message == "Hi")
    }

    @Test(arguments: [
        "", "bob", "bob@", "@example.com", "a@b@example.com", "bob@example", "b ob@example.com",
        "bob@example.com\r\nBcc: eve@example.com", "Bob <bob@example.com>", "bob@[127.0.0.1]",
        "\"bob\"@example.com", ".bob@example.com", "bob@exämple.com",
        String(repeating: "a", count: 65) + "@example.com",
        "a@" + String(repeating: "b.", count: 130) + "com",
    ])
    func `an invalid address is refused with its pointer`(_ email: String) {
        #expect(fields(email).map(\.pointer) == ["/email"])
    }

    @Test(arguments: [
        "!#$%&'*+-/=?^_`{|}~@example.com", "a@localhost",
        String(repeating: "a", count: 64) + "@example.com", "a.b@xn--exmple-cua.example",
    ])
    func `every valid address can receive e-mail`(_ email: String) throws {
        #expect(Mailbox(try InvitationDraft(email: email).email) != nil)
    }

    @Test(arguments: ["owner", "admin", "", "Collaborator", "collaborator "])
    func `an unknown role is refused`(_ role: String) {
        #expect(
            fields(role: role) == [
                Fault.Field("/role", "must be one of collaborator, viewer")
            ])
    }

    @Test func `days are from 1 to 90`() {
        for days in [1, 7, 90] { #expect(fields(days: days).isEmpty) }
        for days in [Int.min, -1, 0, 91, Int.max] {
            #expect(
                fields(days: days) == [
                    Fault.Field("/expires_in_days", "must be a whole number from 1 to 90")
                ])
        }
    }

    @Test func `a message is text of at most a thousand characters`() throws {
        #expect(fields(message: String(repeating: "ü", count: 1_000)).isEmpty)
        #expect(
            fields(message: String(repeating: "a", count: 1_001)) == [
                Fault.Field("/message", "must not be longer than 1000 characters")
            ])
        #expect(fields(message: "a\u{0}b").map(\.pointer) == ["/message"])
        #expect(fields(message: "a\u{1b}[2Jb").map(\.pointer) == ["/message"])
        #expect(
            try InvitationDraft(email: "b@example.com", message: "a\r\nb\tc").message
                == "a\nb\tc")
        #expect(try InvitationDraft(email: "b@example.com", message: " \n ").message == nil)
    }

    @Test func `all invalid fields are reported together`() {
        let all = fields("x", role: "y", days: 0, message: "\u{7}")
        #expect(
            all.map(\.pointer) == ["/email", "/role", "/expires_in_days", "/message"])
    }

    @Test func `the state of an e-mail is its status, and a reason if it failed`() {
        for status in MailStatus.allCases {
            #expect(MailDelivery(status, reason: "r").status == status)
            #expect(MailDelivery(status, reason: "r").reason == (status == .failed ? "r" : nil))
        }
    }

    @Test func `a link is exactly one of token and claim`() throws {
        #expect(try InvitationLink(token: "t", claim: nil) == .token("t"))
        #expect(try InvitationLink(token: nil, claim: "c") == .claim("c"))
        #expect(throws: Fault.self) { try InvitationLink(token: nil, claim: nil) }
        #expect(throws: Fault.self) { try InvitationLink(token: "t", claim: "c") }
    }
}
