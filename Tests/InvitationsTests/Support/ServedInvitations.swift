import Kernel
import Mail
import SQLite
import ServiceKit
import Synchronization
import TestSupport
import Testing

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

/// The whole service, with users, entities and a mailbox that a test controls.
typealias ServedInvitations = ServedService<InvitationsFakes>

struct InvitationsFakes: ServiceFakes {
    static let name = "invitations"
    let directory = FakeDirectory()
    let entities: FakeEntities
    let mailbox = FakeMailbox()
    let receivers = FakeReceivers()
    let log = LogBook()
    let settings = [
        "LATCHKEY_PUBLIC_URL": World.publicURL, "LATCHKEY_WEBHOOK_ALLOW_PRIVATE": "true",
        "LATCHKEY_RETURN_ORIGINS": "https://shop.example",
    ]

    static func database(of service: InvitationsService) -> Database { service.database }

    init(clock: FakeClock) { entities = FakeEntities(clock) }

    func logger(_ clock: FakeClock) -> Logger { log.logger(service: Self.name, clock: clock) }

    func start(
        _ settings: inout Settings, _ common: CommonSettings, _ runtime: Runtime
    ) async throws -> InvitationsService {
        try await makeInvitations(
            InvitationsSettings(&settings, common), runtime,
            remote: InvitationsRemote(
                directory: directory, entities: entities, stores: entities,
                organizations: entities),
            mails: mailbox, webhooks: receivers)
    }
}

/// Short forms.
extension ServedInvitations {
    static var publicURL: String { World.publicURL }
    /// Of the database, without an ending.
    var file: String { folder.path + "/invitations.sqlite" }

    func entity(_ name: String = "CRM", by owner: Caller) -> String {
        self.entities.add(name, owner: owner.userId, at: clock.now())
    }

    /// A new invitation, as the API shows it.
    @discardableResult
    func invite(
        _ email: String, to entityId: String, by owner: Caller, _ more: String = ""
    ) async throws -> JSONValue {
        clock.advance(seconds: 1)
        let made = try await send(
            "POST /api/v1/entities/\(entityId)/invitations", #"{"email":"\#(email)"\#(more)}"#,
            as: owner)
        try #require(made.status == 201, "\(made.text)")
        return try #require(made.json)
    }

    /// The token of an `accept_url`.
    func token(_ invitation: JSONValue?) throws -> String {
        let url = try #require(invitation?["accept_url"]?.string)
        let prefix = "\(Self.publicURL)/invitations/accept?token="
        try #require(url.hasPrefix(prefix))
        return String(url.dropFirst(prefix.count))
    }

    /// The claim in the newest mail to an address.
    func claim(_ email: String) async throws -> String {
        let mailbox = self.mailbox
        #expect(await eventually { !mailbox.mails(to: email).isEmpty }, "no mail")
        let mail = try #require(mailbox.mails(to: email).last)
        return String(try #require(mail.firstMatch(of: World.claimLink)).1)
    }

    func accept(_ token: String, by caller: Caller) async throws -> RawResponse {
        try await send("POST /api/v1/invitations/accept", #"{"token":"\#(token)"}"#, as: caller)
    }

    func decline(
        _ token: String, by caller: Caller, fields: [String] = []
    ) async throws -> RawResponse {
        try await send(
            "POST /api/v1/invitations/decline", #"{"token":"\#(token)"}"#, as: caller,
            fields: fields)
    }
}

/// Where mails arrive.
final class FakeMailbox: MailTarget {
    private struct State {
        var mails: [(to: String, text: String)] = []
        var failures: [String: MailFailure] = [:]
    }

    private let state = Mutex(State())

    var concurrency: Int { 4 }

    func deliver(_ mail: OutgoingMail) async throws(MailFailure) {
        let failure = state.withLock { state in
            state.mails.append((mail.recipient, World.readable(mail.bytes)))
            return state.failures[mail.recipient]
        }
        if let failure { throw failure }
    }

    /// What happens to all further mails to an address; nil: they are taken.
    func fail(_ email: String, _ failure: MailFailure?) {
        state.withLock { $0.failures[email] = failure }
    }

    func mails(to email: String) -> [String] {
        state.withLock { state in state.mails.filter { $0.to == email }.map(\.text) }
    }
}
