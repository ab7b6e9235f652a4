import GatewayContract
import Kernel
import Mail
import SQLite

/// Mails the codes that were asked for: who gets one is decided here, after the request was
/// answered.
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

    /// - Returns: how many requests were looked at; none if there are none left.
    func round() async throws -> Int {
        // Most of the time there is none, which a read finds out without a write.
        guard try database.read({ try SignInStore.hasRequests(in: $0) }) else { return 0 }
        return try await database.write { tx in
            let requests = try SignInStore.takeRequests(
                Self.batch, since: tx.now.adding(seconds: -SignInRule.codeSeconds), in: tx)
            for (email, isInvited) in requests.wanted where try isDue(email, in: tx) {
                try write(email, isInvited: isInvited, in: tx)
            }
            return requests.count
        }
    }

    /// A code and its mail. For an address that may not sign in both are decoys: they cost the
    /// same, so nobody learns by a stopwatch whether there is such a user.
    private func write(_ email: String, isInvited: Bool, in tx: Transaction) throws {
        // Whatever was noted is an address.
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

    /// Forgets what is over an hour old, some at a time.
    func purge() async throws {
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

/// The mail that brings a code.
enum SignInMail {
    static func message(_ code: String, to: Mailbox, from: Mailbox) -> MailMessage {
        let grouped = "\(code.prefix(4)) \(code.suffix(4))"
        let minutes = SignInLimits.codeMinutes
        return MailMessage(
            from: from, to: to, subject: "Your sign-in code",
            text: """
                Your sign-in code is

                    \(grouped)

                It is good for \(minutes) minutes and for one sign-in. Nobody of us will ever ask \
                you for it.

                If you did not ask for it, somebody has typed your address; you need not do \
                anything.

                """,
            html: """
                <!doctype html>
                <html lang="en"><head><meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1"></head>
                <body style="font-family: sans-serif; line-height: 1.5; color: #1b1b1f; \
                overflow-wrap: anywhere">
                <p>Your sign-in code is</p>
                <p style="font-size: 2em; letter-spacing: 0.1em"><strong>\(grouped)</strong></p>
                <p>It is good for \(minutes) minutes and for one sign-in. Nobody of us will ever \
                ask you for it.</p>
                <p style="color: #5b5b66">If you did not ask for it, somebody has typed your \
                address; you need not do anything.</p>
                </body></html>

                """)
    }
}
