import GatewayContract
import Kernel
import Mail
import Presentation
import SQLite

/// Sends the requested codes. Who gets one is decided here, after the request was answered.
struct CodeMailer: Sendable {
    private static let batch = 50
    private static let hour: Int64 = 3_600

    let database: Database
    let ids: IDMinter
    let random: any RandomSource
    let rule: SignInRule
    let isSignUpOpen: Bool
    let outbox: MailOutbox
    let sender: Mailbox
    let look: MailLook
    /// Where nothing says which.
    let language: Language

    /// Handles the oldest requests.
    /// - Returns: how many; 0 if none are left.
    func handleRequests() async throws -> Int {
        // Mostly there is none: a read avoids the write.
        guard try database.read({ try SignInStore.hasRequests(in: $0) }) else { return 0 }
        return try await database.write { tx in
            let requests = try SignInStore.takeRequests(
                Self.batch, since: tx.now.adding(seconds: -SignInRule.codeSeconds), in: tx)
            for request in requests.current where try isDue(request.email, in: tx) {
                try write(request, in: tx)
            }
            return requests.count
        }
    }

    /// Writes a code and its mail. For an address that can't sign in both are decoys at the same
    /// cost, so that timing doesn't reveal whether the user exists.
    private func write(_ request: CodeRequest, in tx: Transaction) throws {
        let email = request.email
        // Requests hold valid addresses alone.
        guard let recipient = Mailbox(email) else { return }
        let user = try UserStore.find(email: email, in: tx)
        let isDecoy = user == nil && !isSignUpOpen && !request.isInvited
        let language = Language.choose(
            [request.locale, user?.locale, request.acceptedLocale], else: language)
        let code = SignInRule.makeCode(random)
        let id = ids.make("cod_")
        let digest = rule.digest(isDecoy ? "" : code, of: email, id: id)
        try SignInStore.insert(
            SignInCode(
                id: id, email: email, digest: digest, createdAt: tx.now, tries: 0, isUsed: false),
            in: tx)
        try outbox.add(
            SignInMail.letter(code, in: language, look).message(from: sender, to: recipient),
            goodUntil: tx.now.adding(seconds: SignInRule.codeSeconds), isDecoy: isDecoy, in: tx)
    }

    /// Deletes what is over an hour old, expired sessions, and codes that lead back to the app or
    /// to the console, in batches.
    func purge() async throws {
        try await database.write { tx in
            try ExchangeCodeStore.purge(in: tx)
            try ProviderCodeStore.purge(in: tx)
        }
        while try await database.write({ try TokenStore.purgeSessions(limit: 1_000, in: $0) })
            == 1_000
        {}
        while try await database.write({ tx in
            try SignInStore.purge(
                before: tx.now.adding(seconds: -Self.hour), limit: 1_000, in: tx)
        }) {}
    }

    private func isDue(_ email: String, in tx: Transaction) throws -> Bool {
        let since = tx.now.adding(seconds: -Self.hour)
        return try SignInStore.count(of: email, since: since, to: tx.now, in: tx)
            < SignInLimits.codesPerHour
    }
}

/// The mail with a sign-in code.
enum SignInMail {
    static func letter(_ code: String, in language: Language, _ look: MailLook) -> Letter {
        let grouped = "\(code.prefix(4)) \(code.suffix(4))"
        let texts = language.texts
        return Letter(
            texts.codeSubject(grouped, look.product), in: language, look,
            [
                .paragraph(Phrase(texts.yourCode)), .code(grouped),
                .paragraph(texts.codeTerms(minutes: SignInLimits.codeMinutes)),
                .note(texts.codeNotRequested),
            ])
    }
}
