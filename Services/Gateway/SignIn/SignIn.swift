import GatewayContract
import Kernel
import Mail
import Presentation
import SQLite
import WriteKit

/// Signing in with a code sent by e-mail, and signing out.
struct SignIn: GatewayUseCases {
    let database: Database
    let ids: IDMinter
    let random: any RandomSource
    let lookup: TokenLookup
    let rule: SignInRule
    let isSignUpOpen: Bool
    /// Requests of one client address in an hour; 0: no limit.
    let limit: Int
    /// Called when a code was requested.
    let requested: @Sendable () -> Void

    private static let hour: Int64 = 3_600

    /// Records the request. Whether a code is sent is decided later, so that neither the response
    /// nor its time reveals whether the user exists.
    /// - Parameters:
    ///   - isInvited: the address has an invitation: its user is created even where sign-up is
    ///     closed.
    ///   - locale: the invitation's.
    func requestCode(
        _ email: String, isInvited: Bool = false, in locale: String? = nil,
        from client: SignInClient
    ) async throws {
        let request = CodeRequest(
            email: try Text.email(email, pointer: "/email"), isInvited: isInvited, locale: locale,
            acceptedLocale: client.language?.rawValue)
        let fault = try await database.write { tx -> Fault? in
            if let fault = try countTry(of: client.network, in: tx) { return fault }
            try SignInStore.insert(request, in: tx)
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

    /// Creates the user if the address is new and sign-up is open, or the address is invited.
    /// - Parameters:
    ///   - isInvited: the address has an invitation.
    ///   - requestId: for the audit.
    func signIn(
        _ email: String, code: String, isInvited: Bool = false, from client: SignInClient,
        requestId: String
    ) async throws -> Session {
        let email = try Text.email(email, pointer: "/email")
        let digits = try SignInRule.digits(code)
        let secret = APIToken.make(prefix: APIToken.sessionPrefix, random: random)
        // The counted try must be committed: a refusal doesn't roll the transaction back.
        let result = try await database.write { tx -> Result<(Session, isTrimmed: Bool), Fault> in
            if let fault = try countTry(of: client.network, in: tx) { return .failure(fault) }
            guard var found = try SignInStore.newest(of: email, in: tx),
                SignInRule.isOpen(found, at: tx.now)
            else { return .failure(SignInRule.invalidCode) }
            guard rule.matches(found, digits) else {
                found.tries += 1
                try SignInStore.update(found, in: tx)
                return .failure(SignInRule.invalidCode)
            }
            let canCreate = isSignUpOpen || isInvited
            guard let user = try user(email, requestId, canCreate: canCreate, in: tx) else {
                return .failure(SignInRule.invalidCode)
            }
            found.isUsed = true
            try SignInStore.update(found, in: tx)
            // Told to whoever has proved that the address is theirs.
            guard !user.isSuspended else { return .failure(Fault(ProblemType.userSuspended)) }
            return .success(try startSession(of: user, secret, client, requestId, in: tx))
        }
        let (session, isTrimmed) = try result.get()
        if isTrimmed { lookup.invalidate() }
        return session
    }

    /// Starts a session for an address that was proved otherwise: by a secret from a mail to it.
    /// Creates the user if needed, even where sign-up is closed.
    /// - Parameter secret: the session's, so that a repeated request finds the same session.
    func admit(
        _ email: String, secret: String? = nil, from client: SignInClient, requestId: String
    ) async throws -> Session {
        let secret = secret ?? APIToken.make(prefix: APIToken.sessionPrefix, random: random)
        let result = try await database.write { tx -> Result<(Session, isTrimmed: Bool), Fault> in
            if let fault = try countTry(of: client.network, in: tx) { return .failure(fault) }
            if let started = try runningSession(secret, of: email, at: tx.now, in: tx) {
                return .success((started, isTrimmed: false))
            }
            guard let user = try user(email, requestId, canCreate: true, in: tx) else {
                return .failure(SignInRule.invalidCode)
            }
            guard !user.isSuspended else { return .failure(Fault(ProblemType.userSuspended)) }
            return .success(try startSession(of: user, secret, client, requestId, in: tx))
        }
        let (session, isTrimmed) = try result.get()
        if isTrimmed { lookup.invalidate() }
        return session
    }

    /// The running session with this secret; nil if there is none, or it is another user's.
    func resume(_ secret: String, of email: String, at now: Timestamp) throws -> Session? {
        try database.read { try runningSession(secret, of: email, at: now, in: $0) }
    }

    private func runningSession(
        _ secret: String, of email: String, at now: Timestamp, in db: some Queryable
    ) throws -> Session? {
        guard let session = try TokenStore.session(digest: SHA256.hash(Array(secret.utf8)), in: db),
            let expiresAt = session.expiresAt, expiresAt > now,
            let user = try UserStore.find(session.userId, in: db), user.email == email
        else { return nil }
        return Session(id: session.id, user: user, token: secret, expiresAt: expiresAt)
    }

    /// Ends a session whose secret was sent to nobody.
    func end(_ session: Session) async throws {
        let caller = Caller(userId: session.user.id, tokenId: session.id)
        try await signOut(caller).commitWithoutKeepingAnswer()
    }

    /// Once it is committed, every loop of this process refuses the session.
    func signOut(_ caller: Caller) -> PendingWrite<Void, Void> {
        write(by: caller, committed: lookup.invalidate) { [audit] tx in
            // A token that acts for a user is not that user's session.
            guard !caller.isActedFor,
                let session = try TokenStore.deleteSession(caller.tokenId, in: tx)
            else {
                throw Fault(GatewayProblems.notASession)
            }
            try audit.record(.ended(session), by: caller, in: tx)
        }
    }

    /// Nil if the user doesn't exist and can't be created.
    func user(
        _ email: String, _ requestId: String, canCreate: Bool, in tx: Transaction
    ) throws -> User? {
        if let user = try UserStore.find(email: email, in: tx) { return user }
        guard canCreate else { return nil }
        let user = try NewUser.make(email: email, role: .member, ids: ids, in: tx)
        let caller = Caller(userId: user.id, requestId: requestId)
        try audit.record(.created(user), by: caller, in: tx)
        return user
    }

    /// - Returns: the session, and whether it ended the user's oldest one.
    func startSession(
        of user: User, _ secret: String, _ client: SignInClient, _ requestId: String,
        in tx: Transaction
    ) throws -> (Session, isTrimmed: Bool) {
        let expiresAt = tx.now.adding(seconds: TokenStore.sessionSeconds)
        let session = Token(
            id: ids.make("tok_"), userId: user.id, name: "session",
            prefix: String(secret.prefix(12)), scopes: [Scopes.all], readOnly: false,
            createdAt: tx.now, expiresAt: expiresAt, lastUsedAt: nil,
            device: client.device)
        let caller = Caller(userId: user.id, tokenId: session.id, requestId: requestId)
        let trimmed = try TokenStore.trimSessions(
            of: user.id, to: SignInLimits.sessionsPerUser - 1, in: tx)
        for old in trimmed { try audit.record(.ended(old), by: caller, in: tx) }
        try TokenStore.insert(
            session, digest: SHA256.hash(Array(secret.utf8)), isSession: true, in: tx)
        try audit.record(.started(session), by: caller, in: tx)
        let started = Session(id: session.id, user: user, token: secret, expiresAt: expiresAt)
        return (started, isTrimmed: !trimmed.isEmpty)
    }

    /// Counts a request of a client; the fault to return if there were too many.
    func countTry(of client: String, in tx: Transaction) throws -> Fault? {
        guard limit > 0 else { return nil }
        let digests = rule.digests(ofClient: client)
        let since = tx.now.adding(seconds: -Self.hour)
        let (count, first) = try SignInStore.tries(
            of: digests, since: since, to: tx.now, in: tx)
        guard count < limit else {
            let wait = (first ?? tx.now).milliseconds - since.milliseconds
            return Fault(
                GatewayProblems.tooManySignInTries, retryAfter: Int((wait + 999) / 1_000))
        }
        try SignInStore.insertTry(of: digests[0], in: tx)
        return nil
    }
}
