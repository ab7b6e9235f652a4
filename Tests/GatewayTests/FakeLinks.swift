import Contract
import GatewayContract
import InvitationsContract
import Kernel
import SQLite
import Synchronization
import TestSupport

@testable import Gateway

/// Stands for the invitations service: one invitation of bob@example.com, to which a token and a
/// claim lead.
final class FakeLinks: InvitationLinks {
    static let id = "inv_01JHMZ0000000000000000000A"
    static let token = "\(id).t-o_k-e_n"
    static let claim = "\(id).c-l_a-i_m"

    fileprivate struct State {
        var status = InvitationStatus.pending
        var isDeclined = false
        var entityName = "CRM"
        var message: String?
        var locale: String?
        var returnURL: String?
        var answers: [InvitationResponseCommand] = []
        var calls = 0
        var asks = 0
        var askedAt: Timestamp?
        var refusal: InvitationRefusal?
        var isDown = false
        var isUsed = false
        var losesAnswer = false
    }

    private let state = Mutex(State())

    /// Queries and commands.
    var calls: Int { state.withLock(\.calls) }
    var answers: [InvitationResponseCommand] { state.withLock(\.answers) }

    /// How often the inviter was asked for a new invitation.
    var asks: Int { state.withLock(\.asks) }

    func set(_ status: InvitationStatus, isDeclined: Bool = false) {
        state.withLock {
            $0.status = status
            $0.isDeclined = isDeclined
        }
    }

    func name(_ entityName: String, _ message: String?) {
        state.withLock {
            $0.entityName = entityName
            $0.message = message
        }
    }

    /// Where the page leads after the answer.
    func set(returnURL: String?) { state.withLock { $0.returnURL = returnURL } }

    /// The language of the invitation.
    func set(locale: String?) { state.withLock { $0.locale = locale } }

    /// Refuses every response from now on.
    func refuse(_ status: Int, _ code: String, _ detail: String) {
        state.withLock {
            $0.refusal = InvitationRefusal(status: status, code: code, detail: detail)
        }
    }

    /// The next answer is decided, and lost on its way.
    func loseAnswer() { state.withLock { $0.losesAnswer = true } }

    func goDown() { state.withLock { $0.isDown = true } }

    func view(_ query: InvitationViewQuery) async throws -> InvitationViewReply {
        try state.withLock {
            $0.calls += 1
            return try $0.view(query.token, query.claim)
        }
    }

    func ask(_ command: InvitationRequestCommand) async throws -> InvitationViewReply {
        try state.withLock { state in
            state.calls += 1
            if state.status != .pending, state.askedAt == nil {
                state.asks += 1
                state.askedAt = Timestamp(milliseconds: 1)
            }
            return try state.view(command.token, command.claim)
        }
    }

    func answer(_ command: InvitationResponseCommand) async throws -> InvitationViewReply {
        try state.withLock { state in
            state.calls += 1
            if let refusal = try state.view(command.token, command.claim).refusal {
                return InvitationViewReply(refusal)
            }
            if let refusal = state.refusal { return InvitationViewReply(refusal) }
            // As in the service's transaction, whatever was shown before.
            guard command.email == "bob@example.com" else {
                return InvitationViewReply(
                    InvitationRefusal(status: 403, code: "email_mismatch", detail: "Not yours."))
            }
            if let first = state.answers.first, command.claim != nil,
                first.actor.tokenId == command.actor.tokenId
            {
                return try state.view(command.token, command.claim)
            }
            if state.isUsed, command.claim != nil {
                return InvitationViewReply(
                    InvitationRefusal(status: 410, code: "invitation_used", detail: "Used."))
            }
            state.isUsed = true
            state.answers.append(command)
            state.status = command.accepts ? .accepted : .revoked
            state.isDeclined = !command.accepts
            if state.losesAnswer {
                state.losesAnswer = false
                throw Fault(.unavailable, code: "upstream_unavailable", "Lost.", retryAfter: 1)
            }
            return try state.view(command.token, command.claim)
        }
    }
}

extension FakeLinks.State {
    fileprivate func view(_ token: String?, _ claim: String?) throws -> InvitationViewReply {
        if isDown {
            throw Fault(
                .unavailable, code: "upstream_unavailable", "Not available.", retryAfter: 1)
        }
        guard token == FakeLinks.token || claim == FakeLinks.claim else {
            return InvitationViewReply(
                InvitationRefusal(status: 404, code: "not_found", detail: "Nothing."))
        }
        let time = Timestamp(milliseconds: 0)
        return InvitationViewReply(
            InvitationView(
                InvitationBody(
                    id: FakeLinks.id, entityId: "ent_1", email: "bob@example.com",
                    role: .collaborator, status: status, invitedBy: "usr_ada",
                    acceptURL:
                        "https://app.example.com/invitations/accept?token=\(FakeLinks.token)",
                    expiresAt: time, locale: locale, returnURL: returnURL, createdAt: time,
                    acceptedAt: nil,
                    emailStatus: .sent,
                    emailError: nil),
                name: entityName, message: message, isDeclined: isDeclined,
                askedAt: askedAt))
    }
}

/// Runs `test` with a gateway whose invitations service is a fake.
func withLinks(
    extra: [String: String] = [:], _ test: (GatewayWorld, FakeLinks) async throws -> Void
) async throws {
    let links = FakeLinks()
    let usual = ["LATCHKEY_PUBLIC_URL": "https://app.example.com"]
    try await withGateway(extra: usual.merging(extra) { $1 }, links: links) {
        try await test($0, links)
    }
}

/// Acts as a browser.
extension GatewayWorld {
    /// Creates the user who sent the invitation.
    func inviter(_ name: String) async throws {
        let ada = User(
            id: "usr_ada", email: "ada@example.com", username: "ada", displayName: name,
            role: .member, createdAt: clock.now())
        try await service.database.write { try UserStore.insert(ada, in: $0) }
    }

    static let accept = "/invitations/accept"
    static let claim = "/invitations/claim"

    func page(
        _ target: String, cookie: String? = nil, fields: [String] = []
    ) async throws -> RawResponse {
        try await api.call(
            "GET", target, fields: fields + (cookie.map { ["Cookie: \($0)"] } ?? []))
    }

    func form(
        _ target: String, _ body: String, cookie: String? = nil, fields: [String] = []
    ) async throws -> RawResponse {
        try await api.call(
            "POST", target, body: body,
            fields: ["Content-Type: application/x-www-form-urlencoded"] + fields
                + (cookie.map { ["Cookie: \($0)"] } ?? []))
    }

    /// The hidden field of the claim's page that identifies one display of it.
    func showing() async throws -> String {
        let page = try await page("\(Self.claim)?claim=\(FakeLinks.claim)")
        guard let found = page.text.firstMatch(of: /name="showing" value="([^"]+)"/) else {
            throw Fault.unexpected(page.text)
        }
        return String(found.1)
    }

    /// Requests a code on the page, and signs in with it.
    /// - Returns: the cookie, as a browser sends it.
    func enter(_ token: String = FakeLinks.token) async throws -> String {
        let code = try await code(mailedTo: "bob@example.com") {
            let requested = try await form(Self.accept, "token=\(token)&action=code")
            guard requested.status == 200 else { throw Fault.unexpected(requested.text) }
        }
        let entered = try await form(Self.accept, "token=\(token)&action=enter&code=\(code)")
        guard entered.status == 303, let field = entered.field("set-cookie") else {
            throw Fault.unexpected(entered.text)
        }
        return String(field.prefix { $0 != ";" })
    }

    /// The proof in the form of the page.
    func proof(_ cookie: String, _ token: String = FakeLinks.token) async throws -> String {
        let page = try await page("\(Self.accept)?token=\(token)", cookie: cookie)
        guard let found = page.text.firstMatch(of: /name="proof" value="([^"]+)"/) else {
            throw Fault.unexpected(page.text)
        }
        return String(found.1)
    }
}
