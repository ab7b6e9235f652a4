import GatewayContract
import Kernel
import Mail
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

    /// Handles the oldest requests.
    /// - Returns: how many; 0 if none are left.
    func handleRequests() async throws -> Int {
        // Mostly there is none: a read avoids the write.
        guard try database.read({ try SignInStore.hasRequests(in: $0) }) else { return 0 }
        return try await database.write { tx in
            let requests = try SignInStore.takeRequests(
                Self.batch, since: tx.now.adding(seconds: -SignInRule.codeSeconds), in: tx)
            for (email, isInvited) in requests.current where try isDue(email, in: tx) {
                try write(email, isInvited: isInvited, in: tx)
            }
            return requests.count
        }
    }

    /// Writes a code and its mail. For an address that can't sign in both are decoys at the same
    /// cost, so that timing doesn't reveal whether the user exists.
    private func write(_ email: String, isInvited: Bool, in tx: Transaction) throws {
        // Requests hold valid addresses alone.
        guard let recipient = Mailbox(email) else { return }
        let isUser = try UserStore.id(email: email, in: tx) != nil
        let isDecoy = !isUser && !isSignUpOpen && !isInvited
        let code = SignInRule.makeCode(random)
        let id = ids.make("cod_")
        let digest = rule.digest(isDecoy ? "" : code, of: email, id: id)
        try SignInStore.insert(
            SignInCode(
                id: id, email: email, digest: digest, createdAt: tx.now, tries: 0, isUsed: false),
            in: tx)
        try outbox.add(
            SignInMail.message(code, to: recipient, from: sender),
            goodUntil: tx.now.adding(seconds: SignInRule.codeSeconds), isDecoy: isDecoy, in: tx)
    }

    /// Deletes what is over an hour old, and expired sessions, in batches.
    func purge() async throws {
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
    static func message(_ code: String, to: Mailbox, from: Mailbox) -> MailMessage {
        let grouped = "\(code.prefix(4)) \(code.suffix(4))"
        let minutes = SignInLimits.codeMinutes
        return MailMessage(
            from: from, to: to, subject: "Your sign-in code",
            text: """
                Your sign-in code is

                    \(grouped)

                It works once and expires in \(minutes) minutes. We will never ask you for this \
                code.

                If you didn't request it, someone may have typed your address by mistake; you \
                can ignore this e-mail.

                """,
            html: """
                <!doctype html>
                <html lang="en"><head><meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1"></head>
                <body style="font-family: sans-serif; line-height: 1.5; color: #1b1b1f; \
                overflow-wrap: anywhere">
                <p>Your sign-in code is</p>
                <p style="font-size: 2em; letter-spacing: 0.1em"><strong>\(grouped)</strong></p>
                <p>It works once and expires in \(minutes) minutes. We will never ask you for this \
                code.</p>
                <p style="color: #5b5b66">If you didn't request it, someone may have typed your \
                address by mistake; you can ignore this e-mail.</p>
                </body></html>

                """)
    }
}
