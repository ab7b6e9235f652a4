import Contract
import GatewayContract
import Kernel
import Mail
import Presentation
import SQLite
import ServiceKit
import WriteKit

/// Mails users what others have shared with them. The contexts report shares; each waits for a
/// while, so that a burst is one mail. Before a mail is written they are asked which of the shares
/// still exist.
struct ShareNotices: GatewayUseCases, EventConsumer {
    /// Asks the context that has them.
    typealias Ask = @Sendable (StandingSharesQuery) async throws -> StandingSharesReply

    /// Shares of one mail; more are in the next one.
    private static let mailed = 1_000
    private static let batch = 50
    private static let day: Int64 = 86_400

    let database: Database
    let ids: IDMinter
    let random: any RandomSource
    let clock: any Clock
    let outbox: MailOutbox
    let sender: Mailbox
    let letters: ShareLetters
    /// Seconds that a share waits for others.
    let delay: Int
    /// By what they have; kinds of services that aren't configured have none.
    let contexts: [SharedKind: Ask]

    // MARK: Events

    func effect(of event: InternalEvent) throws -> EventEffect? {
        guard let kind = SharedKind(event: event.type) else { return nil }
        let given = try event.fact(SharesGiven.self)
        return { tx in
            for share in given.shares where share.userId != given.givenBy {
                // Deleted a moment ago.
                guard try UserStore.find(share.userId, in: tx) != nil else { continue }
                try NoticeStore.insert(
                    ShareNotice(
                        kind: kind, shareId: share.id, userId: share.userId,
                        givenBy: given.givenBy), in: tx)
            }
        }
    }

    // MARK: Writing mails

    /// Writes the mails that are due. A user whose shares can't be asked about is left for later,
    /// and delays no other.
    /// - Returns: how many mails were written, and why some could not be.
    func writeMails() async throws -> (count: Int, failure: (any Error)?) {
        // What can't be sent now may be revoked before it can be.
        guard outbox.outage.current == nil else { return (0, nil) }
        var questions = StandingShares(contexts)
        var (count, last) = (0, "")
        while true {
            let now = clock.now()
            let due = now.adding(seconds: -Int64(delay))
            let users = try database.read {
                try NoticeStore.users(
                    waitingSince: due, now: now, after: last, limit: Self.batch, in: $0)
            }
            guard let end = users.last else { return (count, questions.failure) }
            for user in users {
                if try await writeMail(to: user, &questions) { count += 1 }
            }
            last = end
        }
    }

    private func writeMail(
        to userId: String, _ questions: inout StandingShares
    ) async throws -> Bool {
        let notices = try database.read { db in
            try isFull(userId, in: db)
                ? [] : NoticeStore.waiting(for: userId, limit: Self.mailed, in: db)
        }
        guard !notices.isEmpty, let standing = await questions.ask(notices) else { return false }
        return try await database.write { tx in
            let left = Set(try NoticeStore.waiting(for: userId, limit: Self.mailed, in: tx))
            return try write(notices.filter(left.contains), standing, to: userId, in: tx)
        }
    }

    /// Beyond a number of mails a day, shares wait and are in one mail later.
    private func isFull(_ userId: String, in db: some Queryable) throws -> Bool {
        let now = clock.now()
        return try UnsubscribeStore.count(
            of: userId, since: now.adding(seconds: -Self.day), to: now, in: db)
            >= NotificationLimits.mailsPerDay
    }

    /// - Returns: whether a mail was written. Notices that need none are deleted.
    private func write(
        _ notices: [ShareNotice], _ standing: StandingShares.Answers, to userId: String,
        in tx: Transaction
    ) throws -> Bool {
        let user = try notifiedUser(userId, in: tx)
        var items: [ShareLetters.Item] = []
        for notice in notices {
            guard user != nil, let share = standing[notice] else {
                try NoticeStore.delete(notice, in: tx)
                continue
            }
            items.append(
                ShareLetters.Item(
                    kind: notice.kind, share: share, givenBy: notice.givenBy))
        }
        guard let user, let recipient = Mailbox(user.email), !items.isEmpty else { return false }
        let token = Unsubscribing.makeToken(random)
        try UnsubscribeStore.insert(Unsubscribing.digest(token), of: user.id, in: tx)
        var givers: [String: User] = [:]
        for id in Set(items.map(\.givenBy)) { givers[id] = try UserStore.find(id, in: tx) }
        let mail = letters.message(
            items, givers, to: user, at: recipient, from: sender, token: token)
        let id = try outbox.add(mail, in: tx)
        for notice in notices where standing[notice] != nil {
            try NoticeStore.set(mail: id, of: notice, in: tx)
        }
        return true
    }

    /// The user, if they are to be mailed.
    private func notifiedUser(_ id: String, in tx: Transaction) throws -> User? {
        guard let user = try UserStore.find(id, in: tx), !user.isSuspended,
            user.emailNotifications
        else { return nil }
        return user
    }

    // MARK: Mails that wait

    /// Withdraws mails that wait for a relay that is away, or for a retry, if nothing that they
    /// name is left or the user isn't to be mailed any more. Of a mail that waits for a retry, the
    /// rest is written anew.
    func checkWaitingMails() async throws {
        var questions = StandingShares(contexts)
        var last = ""
        while true {
            let mails = try database.read {
                try NoticeStore.mails(after: last, limit: Self.batch, in: $0)
            }
            guard let end = mails.last else { return }
            for mail in mails { try await check(mail, &questions) }
            last = end
        }
    }

    private func check(_ mailId: String, _ questions: inout StandingShares) async throws {
        let notices = try database.read { try NoticeStore.notices(ofMail: mailId, in: $0) }
        guard let userId = notices.first?.userId, let standing = await questions.ask(notices)
        else { return }
        try await database.write { tx in
            let left = Set(try NoticeStore.notices(ofMail: mailId, in: tx))
            let notices = notices.filter(left.contains)
            let remaining =
                try notifiedUser(userId, in: tx) == nil
                ? [] : notices.filter { standing[$0] != nil }
            guard !notices.isEmpty, remaining.count < notices.count else { return }
            // One that may be on its way must not be followed by another.
            if !remaining.isEmpty, try !waitsForRetry(mailId, in: tx) { return }
            guard try MailOutbox.withdraw(mailId, in: tx) else { return }
            for notice in notices {
                if remaining.contains(notice) {
                    try NoticeStore.set(mail: nil, of: notice, in: tx)
                } else {
                    try NoticeStore.delete(notice, in: tx)
                }
            }
        }
    }

    private func waitsForRetry(_ mailId: String, in tx: Transaction) throws -> Bool {
        guard let next = try MailOutbox.find(mailId, in: tx)?.nextAttemptAt else { return false }
        return next > tx.now
    }

    /// Forgets the shares of a mail that has ended, in the transaction that marks it.
    static func settle(_ mail: MailOutcome, in tx: Transaction) throws {
        try NoticeStore.delete(ofMail: mail.id, in: tx)
    }

    /// Deletes tokens of mails that are old.
    func purge() async throws {
        while try await database.write({ tx in
            try UnsubscribeStore.purge(
                before: tx.now.adding(seconds: -NotificationLimits.tokenDays * Self.day),
                limit: 1_000, in: tx)
        }) == 1_000 {}
    }
}
