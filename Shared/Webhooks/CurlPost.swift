import EventLoop
import HTTPCore
import Kernel

/// POSTs over TLS with one curl(1) process for each message, where OpenSSL can't be loaded. curl
/// checks the certificate against the URL's host, and connects to the addresses that were checked
/// (`--resolve`).
struct CurlPost: Sendable {
    /// A file of trusted certificates that replaces the system's.
    let certificates: String?
    private let clock: any Clock
    var isAvailable: Bool { Curl.executable != nil }

    init(certificates: String?, clock: any Clock) {
        self.certificates = certificates
        self.clock = clock
    }

    func send(
        _ message: WebhookMessage, to url: WebhookURL, at addresses: [IPAddress], until end: Ticks
    ) async throws(WebhookFailure) -> WebhookResult {
        guard let executable = Curl.executable else { throw .notSent }
        let left = Ticks.now.milliseconds(until: end)
        guard left > 0 else { throw .timeout }
        let input = Array(configuration(message, url, addresses, milliseconds: left).utf8)
        let outcome = await withCheckedContinuation { continuation in
            onDetachedThread {
                continuation.resume(
                    returning: ChildProcess.run(
                        executable, ["--disable", "--config", "-"], input: input, until: end,
                        maximumOutput: AnswerHead.maximum + WebhookSender.maximumBody,
                        enough: ChildProcess.Enough(
                            milliseconds: WebhookSender.bodyMilliseconds
                        ) { AnswerHead($0).isWhole }))
            }
        }
        switch outcome {
        case .failed: throw .notSent
        case .late(let output): return try result(output, else: .timeout)
        case .said(let output): return try result(output, else: Self.failure(output))
        }
    }

    private func configuration(
        _ message: WebhookMessage, _ url: WebhookURL, _ addresses: [IPAddress], milliseconds: Int
    ) -> String {
        let origin = url.origin
        // curl tries them in order.
        let places = addresses.map { $0.isIPv4 ? $0.text : "[\($0.text)]" }
        // Prints each line as it arrives: with `include` they would wait for the body.
        var options = [("proto", "=https"), ("dump-header", "-")]
        if IPAddress(origin.host) == nil {
            options.append(
                ("resolve", "\(origin.host):\(origin.port):\(places.joined(separator: ","))"))
        }
        if let certificates { options.append(("cacert", certificates)) }
        return Curl.configuration(
            "POST", origin.text + url.target, fields: message.fields.map { ($0.name, $0.value) },
            body: String(decoding: message.body, as: UTF8.self), milliseconds: milliseconds,
            flags: ["no-buffer"], options: options)
    }

    // MARK: The output: heads, the body, and the exit code in the last line

    private func result(
        _ output: [UInt8], else failure: WebhookFailure
    ) throws(WebhookFailure) -> WebhookResult {
        let head = AnswerHead(output)
        guard let status = head.status else { throw failure }
        let end = Self.end(of: output)
        let body = head.count.map { output[min($0, end.place)..<end.place] } ?? []
        return WebhookResult(
            .answered(status: status, retryAfter: head.fields.retryAfter(now: clock.now())),
            response: WebhookResponse(
                status: status, fields: head.fields, body: Array(body), isWhole: end.code == 0))
    }

    /// Where the line with the exit code begins, and the code; nil if curl was ended before it was
    /// done.
    private static func end(of output: [UInt8]) -> (place: Int, code: Int?) {
        guard let place = output.lastIndex(of: UInt8(ascii: "\n")),
            let code = Int(String(decoding: output[(place + 1)...], as: UTF8.self))
        else { return (output.count, nil) }
        return (place, code)
    }

    /// Why there is no status line.
    private static func failure(_ output: [UInt8]) -> WebhookFailure {
        guard let code = end(of: output).code else { return .notSent }
        return code == 0 ? .malformed : failure(code)
    }

    /// https://curl.se/docs/manpage.html#EXIT
    private static func failure(_ code: Int) -> WebhookFailure {
        switch code {
        case 6, 7: .unreachable
        case 28: .timeout
        case 35, 51, 53, 54, 58, 59, 60, 64, 66, 77, 80, 82, 83, 90, 91: .tls
        case 18, 52, 55, 56: .closed
        case 1, 8, 61, 92: .malformed
        default: .notSent
        }
    }
}
