import Contract
import EventLoop
import Foundation
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

/// The whole service on a port of its own, with users, entities and a mailbox that a test rules.
final class ServedInvitations: Sendable {
    private static let secret = [UInt8](repeating: 7, count: 32)
    static let publicURL = "https://app.example.com"

    let directory = FakeDirectory()
    let clock: FakeClock
    let entities: FakeEntities
    let mailbox = FakeMailbox()
    let receivers = FakeReceivers()
    let log = LogBook()
    let service: InvitationsService
    private let group: EventLoopGroup
    private let folder: TemporaryFolder
    private let signer: IdentitySigner
    var database: Database { service.database }
    /// Of the database, without an ending.
    var file: String { folder.path + "/invitations.sqlite" }

    private init(_ folder: TemporaryFolder) async throws {
        self.folder = folder
        clock = FakeClock()
        entities = FakeEntities(clock)
        var settings = Settings([
            "LATCHKEY_PORT": "0", "LATCHKEY_DATA_DIR": folder.path,
            "LATCHKEY_INTERNAL_SECRET": String(decoding: Self.secret, as: UTF8.self),
            "LATCHKEY_PUBLIC_URL": Self.publicURL, "LATCHKEY_WEBHOOK_ALLOW_PRIVATE": "true",
        ])
        let common = CommonSettings(&settings, defaultPort: 0)
        group = EventLoopGroup(count: 1)
        let runtime = Runtime(
            group: group, logger: log.logger(clock), clock: clock, random: SystemRandom())
        do {
            service = try await makeInvitations(
                InvitationsSettings(&settings, common), runtime,
                remote: InvitationsRemote(
                    directory: directory, entities: entities, stores: entities), mails: mailbox,
                webhooks: receivers)
        } catch {
            group.stop()
            throw error
        }
        signer = IdentitySigner(issuer: "gateway", secret: Self.secret, clock: clock)
    }

    /// Runs `body` with a service that is gone afterwards.
    static func run(_ body: (ServedInvitations) async throws -> Void) async throws {
        let served = try await ServedInvitations(try TemporaryFolder())
        let result: Result<Void, any Error>
        do {
            try await body(served)
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await served.service.stop()
        served.group.stop()
        try result.get()
    }

    func user(
        _ name: String, scopes: [String] = ["*"], readOnly: Bool = false, isAdmin: Bool = false
    ) -> Caller {
        Caller(
            userId: directory.add(name), isAdmin: isAdmin, scopes: scopes, readOnly: readOnly,
            tokenId: "tok_1")
    }

    func entity(_ name: String = "CRM", by owner: Caller) -> String {
        entities.add(name, owner: owner.userId, at: clock.now())
    }

    /// `GET /path` and the like, as a user.
    func send(
        _ request: String, _ json: String? = nil, as caller: Caller?, fields: [String] = []
    ) async throws -> RawResponse {
        let identity = caller.map { signer.user($0, audience: "invitations") }
        let response = try await send(request, json, identity, fields)
        #expect(response.field("cache-control") == "no-store")
        guard !response.body.isEmpty || response.status >= 400 else { return response }
        let isProblem = response.status >= 400
        #expect(
            response.field("content-type")
                == (isProblem ? "application/problem+json" : "application/json"), "\(request)")
        return response
    }

    /// As another service.
    func sendAsService(
        _ request: String, _ json: String, from name: String = "gateway"
    ) async throws -> RawResponse {
        let signer = IdentitySigner(issuer: name, secret: Self.secret, clock: clock)
        return try await send(request, json, signer.service(audience: "invitations"))
    }

    /// To a route that is not for users, as one.
    func sendInternal(
        _ request: String, _ json: String, _ caller: Caller?
    ) async throws -> RawResponse {
        try await send(request, json, caller.map { signer.user($0, audience: "invitations") })
    }

    /// What holds for every answer is checked on each.
    private func send(
        _ request: String, _ json: String?, _ identity: String?, _ fields: [String] = []
    ) async throws -> RawResponse {
        var text = "\(request) HTTP/1.1\r\nHost: invitations\r\nX-Request-Id: r-1\r\n"
        for field in fields { text += field + "\r\n" }
        if let identity { text += "Latchkey-Identity: \(identity)\r\n" }
        if let json {
            text += "Content-Type: application/json\r\nContent-Length: \(json.utf8.count)\r\n"
        }
        let response = try await APIClient(port: service.port).send(
            text + "\r\n" + (json ?? ""), toHead: request.hasPrefix("HEAD "))
        #expect(response.field("x-request-id") == "r-1")
        #expect(response.field("x-content-type-options") == "nosniff")
        return response
    }

    // MARK: Short forms

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
        #expect(await eventually { !mailbox.mails(to: email).isEmpty }, "no mail")
        let mail = try #require(mailbox.mails(to: email).last)
        return String(try #require(mail.firstMatch(of: World.claimLink)).1)
    }

    func accept(_ token: String, by caller: Caller) async throws -> RawResponse {
        try await send("POST /api/v1/invitations/accept", #"{"token":"\#(token)"}"#, as: caller)
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

/// What the service logs.
final class LogBook: Sendable {
    private let lines = Mutex<[String]>([])

    var text: String { lines.withLock { $0.joined() } }

    func logger(_ clock: any Clock) -> Logger {
        Logger(service: "invitations", level: .debug, clock: clock) { [self] line in
            lines.withLock { $0.append(line) }
        }
    }
}
