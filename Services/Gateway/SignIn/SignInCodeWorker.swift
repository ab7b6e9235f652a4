import EventLoop
import Kernel
import Presentation
import SQLite
import ServiceKit

/// Handles requests for codes in the background.
struct SignInCodeWorker: Sendable {
    private static let pollMilliseconds = 1_000
    private static let delayMilliseconds = 10...300
    private static let purgeMilliseconds = 300_000

    let mailer: CodeMailer
    let wakeSignal = WakeSignal()
    /// Called after mails were written.
    let mailed: @Sendable () -> Void

    /// Until its task is cancelled.
    func run(_ logger: Logger) async {
        var purgeAt = Ticks.now
        await wakeSignal.answer(every: Self.pollMilliseconds) {
            // A random delay: the response times of other requests right after one for a code
            // must not reveal whether a code is sent.
            try? await Task.sleep(for: .milliseconds(Int.random(in: Self.delayMilliseconds)))
            do {
                while try await mailer.handleRequests() > 0 { mailed() }
                guard Ticks.now >= purgeAt else { return }
                try await mailer.purge()
                purgeAt = Ticks.now.adding(milliseconds: Self.purgeMilliseconds)
            } catch {
                logger.warning("can't send sign-in codes", ["error": "\(error)"])
            }
        }
    }
}

extension SignInCodeWorker {
    init(
        _ settings: GatewaySettings, _ database: Database, _ ids: IDMinter,
        _ mailWorker: MailWorker, _ runtime: Runtime
    ) throws {
        self.init(
            mailer: CodeMailer(
                database: database, ids: ids, random: runtime.random,
                rule: SignInRule(settings.encryptionSecrets),
                isSignUpOpen: settings.isSignUpOpen, outbox: mailWorker.outbox,
                sender: try settings.requiredSender,
                look: MailLook(settings.brand, publicURL: settings.common.publicURL?.text ?? ""),
                language: settings.brand.language),
            mailed: mailWorker.wake)
    }
}
