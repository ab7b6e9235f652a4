import EventLoop
import ServiceKit

/// Looks, in the background, at who wants a code.
struct SignInCodeWorker: Sendable {
    private static let pollMilliseconds = 1_000
    private static let delayMilliseconds = 10...300
    private static let purgeMilliseconds = 300_000

    let mailer: CodeMailer
    let bell = WakeSignal()
    /// Called when mails were written.
    let mailed: @Sendable () -> Void

    /// Until its task is cancelled.
    func run(_ logger: Logger) async {
        var purgeAt = Ticks.now
        await bell.answer(every: Self.pollMilliseconds) {
            // What the answers to other requests take right after one for a code shall not tell
            // what comes of it.
            try? await Task.sleep(for: .milliseconds(Int.random(in: Self.delayMilliseconds)))
            do {
                while try await mailer.round() > 0 { mailed() }
                guard Ticks.now >= purgeAt else { return }
                try await mailer.purge()
                purgeAt = Ticks.now.adding(milliseconds: Self.purgeMilliseconds)
            } catch {
                logger.warning("codes are not mailed", ["error": "\(error)"])
            }
        }
    }
}
