import GatewayContract
import Kernel
import Mail
import SQLite
import WriteKit

/// Signing in with a code from one's mailbox, and out again.
struct SignIn: Sendable {
    let database: Database
    let ids: IDMinter
    let random: any RandomSource
    let lookup: TokenLookup
    let rule: SignInRule
    let isSignUpOpen: Bool
    /// Requests of one client address in an hour; 0 for no limit.
    let limit: Int
    /// Called when a code is to be mailed.
    let requested: @Sendable () -> Void

    private static let hour: Int64 = 3_600
    private var audit: AuditLog { AuditLog(ids: ids) }

    /// Notes that a code is wanted. Whether anybody gets one is found out later, so that neither
    /// the answer nor its time tells who is a user.
    /// - Parameter isInvited: an invitation of the address was shown. Who was invited becomes a
    ///   user also where sign-up is closed.
    func requestCode(
        _ email: String, isInvited: Bool = false, from client: String
    ) async throws {
        let email = try Text.email(email, pointer: "/email")
        let fault = try await database.write { tx -> Fault? in
            if let fault = try take(client, in: tx) { return fault }
            try SignInStore.request(email, isInvited: isInvited, in: tx)
            return nil
        }
        if let fault { throw fault }
        requested()
    }

    struct Session: Sendable {
        let id: String
        let user: User
        let token: String
        let expiresAt: Timestamp
    }

    /// The address becomes a user if it is none and sign-up is open, or it was invited.
    /// - Parameters:
    ///   - isInvited: an invitation of the address was shown.
    ///   - requestId: for the audit.
    func signIn(
        _ email: String, code: String, isInvited: Bool = false, from client: String,
        requestId: String
    ) async throws -> Session {
        let email = try Text.email(email, pointer: "/email")
        let digits = try SignInRule.digits(code)
        let secret = APIToken.make(prefix: APIToken.sessionPrefix, random: random)
        // What a wrong code leaves behind must stay: a refusal is no failure of the transaction.
        let result = try await database.write { tx -> Result<(Session, isTrimmed: Bool), Fault> in
            if let fault = try take(client, in: tx) { return .failure(fault) }
            guard var found = try SignInStore.newest(of: email, in: tx),
                SignInRule.isOpen(found, at: tx.now)
            else { return .failure(SignInRule.wrongCode) }
            guard rule.matches(found, digits) else {
                found.tries += 1
                try SignInStore.update(found, in: tx)
                return .failure(SignInRule.wrongCode)
            }
            guard
                let user = try user(
                    email, requestId, mayBeNew: isSignUpOpen || isInvited, in: tx)
            else { return .failure(SignInRule.wrongCode) }
            found.isUsed = true
            try SignInStore.update(found, in: tx)
            return .success(try begin(user, secret, requestId, in: tx))
        }
        let (session, isTrimmed) = try result.get()
        if isTrimmed { lookup.invalidate() }
        return session
    }

    /// A session for a user who has proved the mailbox otherwise: by a secret from a mail to it.
    /// Someone who was invited becomes a user also where sign-up is closed.
    /// - Parameter secret: the session's, where it is to be found again if it has begun already.
    func admit(
        _ email: String, secret: String? = nil, from client: String, requestId: String
    ) async throws -> Session {
        let secret = secret ?? APIToken.make(prefix: APIToken.sessionPrefix, random: random)
        let result = try await database.write { tx -> Result<(Session, isTrimmed: Bool), Fault> in
            if let fault = try take(client, in: tx) { return .failure(fault) }
            if let begun = try resumed(secret, of: email, at: tx.now, in: tx) {
                return .success((begun, isTrimmed: false))
            }
            guard let user = try user(email, requestId, mayBeNew: true, in: tx) else {
                return .failure(SignInRule.wrongCode)
            }
            return .success(try begin(user, secret, requestId, in: tx))
        }
        let (session, isTrimmed) = try result.get()
        if isTrimmed { lookup.invalidate() }
        return session
    }

    /// The session of a secret that has begun and not ended; nil if there is none, or it is
    /// another user's.
    func resume(_ secret: String, of email: String, at now: Timestamp) throws -> Session? {
        try database.read { try resumed(secret, of: email, at: now, in: $0) }
    }

    private func resumed(
        _ secret: String, of email: String, at now: Timestamp, in db: some Queryable
    ) throws -> Session? {
        guard let session = try TokenStore.session(digest: SHA256.hash(Array(secret.utf8)), in: db),
            let expiresAt = session.expiresAt, expiresAt > now,
            let user = try UserStore.find(session.userId, in: db), user.email == email
        else { return nil }
        return Session(id: session.id, user: user, token: secret, expiresAt: expiresAt)
    }

    /// Ends a session that nobody has heard of.
    func end(_ session: Session) async throws {
        let himself = Caller(userId: session.user.id, tokenId: session.id)
        try await signOut(himself).commitWithoutKeepingAnswer()
    }

    /// From the moment it is committed the session is refused everywhere in this process.
    func signOut(_ caller: Caller) -> PendingWrite<Void, Void> {
        // Anybody with a token that is still valid.
        let admit: @Sendable (any Queryable) throws -> Void = {
            try CurrentCaller.check(caller, in: $0)
        }
        return PendingWrite(in: database, committed: lookup.invalidate, admit: admit) {
            [audit] tx, _ in
            guard let session = try TokenStore.deleteSession(caller.tokenId, in: tx) else {
                throw Fault(
                    .conflict, code: "not_a_session",
                    "This token is no session; DELETE /api/tokens/{id} revokes it.")
            }
            try audit.record(.ended(session), by: caller, in: tx)
        }
    }

    /// Nil for a user who may not be made.
    private func user(
        _ email: String, _ requestId: String, mayBeNew: Bool, in tx: Transaction
    ) throws -> User? {
        if let user = try UserStore.find(email: email, in: tx) { return user }
        guard mayBeNew else { return nil }
        let user = try NewUser.make(email: email, role: .member, ids: ids, in: tx)
        let himself = Caller(userId: user.id, requestId: requestId)
        try audit.record(.created(user), by: himself, in: tx)
        return user
    }

    /// - Returns: the session, and whether the oldest of too many has ended for it.
    private func begin(
        _ user: User, _ secret: String, _ requestId: String, in tx: Transaction
    ) throws -> (Session, isTrimmed: Bool) {
        let expiresAt = tx.now.adding(seconds: TokenStore.sessionSeconds)
        let session = Token(
            id: ids.make("tok_"), userId: user.id, name: "session",
            prefix: String(secret.prefix(12)), scopes: [Scopes.all], readOnly: false,
            createdAt: tx.now, expiresAt: expiresAt, lastUsedAt: nil)
        let himself = Caller(userId: user.id, tokenId: session.id, requestId: requestId)
        let trimmed = try TokenStore.trimSessions(
            of: user.id, to: SignInLimits.sessionsPerUser - 1, in: tx)
        for old in trimmed { try audit.record(.ended(old), by: himself, in: tx) }
        try TokenStore.insert(
            session, digest: SHA256.hash(Array(secret.utf8)), isSession: true, in: tx)
        try audit.record(.began(session), by: himself, in: tx)
        let began = Session(
            id: session.id, user: user, token: secret, expiresAt: expiresAt)
        return (began, isTrimmed: !trimmed.isEmpty)
    }

    /// Counts a request of a client; what to answer if there were too many.
    private func take(_ client: String, in tx: Transaction) throws -> Fault? {
        guard limit > 0 else { return nil }
        let digest = rule.digest(ofClient: client)
        let since = tx.now.adding(seconds: -Self.hour)
        let (count, first) = try SignInStore.tries(
            of: digest, since: since, to: tx.now, in: tx)
        guard count < limit else {
            let wait = (first ?? tx.now).milliseconds - since.milliseconds
            return SignInRule.tooMany(retryAfter: Int((wait + 999) / 1_000))
        }
        try SignInStore.note(digest, in: tx)
        return nil
    }
}
