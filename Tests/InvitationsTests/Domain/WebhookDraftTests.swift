import Contract
import InvitationsContract
import Kernel
import Testing

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

@Suite struct WebhookDraftTests {
    private func fields(_ body: () throws -> Void) -> [String] {
        do {
            try body()
            return []
        } catch let fault as Fault {
            return fault.fields.map(\.pointer)
        } catch {
            return ["?"]
        }
    }

    @Test func `a webhook receives all events and is enabled by default`() throws {
        let draft = try WebhookDraft(
            in: .own(userId: "usr_1"), url: "https://example.com", events: nil, isEnabled: nil)
        #expect(draft.events == ["*"])
        #expect(draft.isEnabled)
    }

    @Test func `event types are stored once each, and * replaces all others`() throws {
        let (sent, revoked) = (InvitationEvents.sent, InvitationEvents.revoked)
        #expect(try Set(EventPattern.checked([revoked, sent, revoked])) == [sent, revoked])
        #expect(try EventPattern.checked([InvitationEvents.sent, "*"]) == ["*"])
    }

    @Test func `every invalid field is named`() {
        #expect(
            fields { _ = try draft(["*", "no", "?", "invit*", "nothing.*"]) }
                == ["/events/1", "/events/2", "/events/3", "/events/4"])
        #expect(fields { _ = try draft([]) } == ["/events"])
        #expect(fields { _ = try draft(Array(repeating: "*", count: 21)) } == ["/events"])
        #expect(
            fields { _ = try WebhookUpdate(url: .null, events: .null, isEnabled: .null) }
                == ["/url", "/events", "/enabled"])
    }

    private func draft(_ events: [String]) throws -> WebhookDraft {
        try WebhookDraft(in: .platform, url: "https://a", events: events, isEnabled: nil)
    }

    private func webhook(_ change: (inout Webhook) -> Void = { _ in }) throws -> Webhook {
        var webhook = Webhook(
            id: "whk_1", ownerId: "usr_1", scope: .own(userId: "usr_1"),
            url: "https://example.com/a?token=secret", events: ["*"],
            isEnabled: true, createdAt: Timestamp(milliseconds: 0))
        change(&webhook)
        return webhook
    }

    @Test func `absent fields stay unchanged`() throws {
        let change = try WebhookUpdate(
            url: .unchanged, events: .value([InvitationEvents.sent]), isEnabled: .unchanged)
        let after = change.applied(to: try webhook())
        #expect(after == (try webhook { $0.events = [InvitationEvents.sent] }))
    }

    @Test func `enabling a webhook or changing its URL forgets former failures`() throws {
        let failing = try webhook {
            $0.isEnabled = false
            $0.disabledReason = .failing
            $0.failingSince = Timestamp(milliseconds: 5)
        }
        let enabled = try WebhookUpdate(
            url: .unchanged, events: .unchanged, isEnabled: .value(true))
        #expect(enabled.applied(to: failing) == (try webhook()))
        let moved = try WebhookUpdate(
            url: .value("https://example.com/b"), events: .unchanged, isEnabled: .unchanged)
        #expect(moved.applied(to: failing).failingSince == nil)
        #expect(!moved.applied(to: failing).isEnabled)
    }

    @Test func `the URL shown in audits and e-mails has no path and query`() throws {
        #expect(try webhook().shownURL == "https://example.com/…")
        #expect(try webhook { $0.url = "http://a.example?b" }.shownURL == "http://a.example/…")
    }
}
