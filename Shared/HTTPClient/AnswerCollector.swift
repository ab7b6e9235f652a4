import EventLoop
import HTTPCore

/// Puts an answer together. Belongs to the loop of its exchange.
final class AnswerCollector: ResponseConsumer, @unchecked Sendable {
    private var exchange: UpstreamExchange?
    private var status: Int?
    private var fields = FieldList.none
    private var bytes: [UInt8] = []
    private var bodyCount = 0
    private let rule: AnswerRule
    private let loop: EventLoop
    private var done: ((Result<ClientResponse, UpstreamFailure>) -> Void)?

    init(
        _ rule: AnswerRule, on loop: EventLoop,
        _ done: @escaping (Result<ClientResponse, UpstreamFailure>) -> Void
    ) {
        self.rule = rule
        self.loop = loop
        self.done = done
    }

    /// - Parameter exchange: may have got its answer, or the head of it, already.
    func began(_ exchange: UpstreamExchange) {
        loop.assertCurrent()
        guard done != nil else { return exchange.cancel() }
        self.exchange = exchange
        if status != nil { limitTime() }
    }

    func statusLine(_ status: Int) {
        loop.assertCurrent()
        if case .statusLine = rule { self.status = status }
    }

    func head(_ head: ResponseHead) {
        loop.assertCurrent()
        status = head.status
        fields = head.fields
        limitTime()
    }

    func responseBody(_ part: UnsafeRawBufferPointer) {
        loop.assertCurrent()
        bodyCount += part.count
        switch rule {
        case .whole(let maximum):
            guard bodyCount <= maximum else {
                exchange?.cancel()
                return finish(.failure(.malformed))
            }
            bytes.append(contentsOf: part)
        case .statusLine(let maximum, let kept, _):
            bytes.append(contentsOf: part.prefix(max(0, kept - bytes.count)))
            guard bodyCount > maximum else { return }
            exchange?.cancel()
            end(isWhole: false)
        }
    }

    func end() { end(isWhole: bytes.count == bodyCount) }

    private func end(isWhole: Bool) {
        guard let status else { return finish(.failure(.malformed)) }
        finish(
            .success(
                ClientResponse(status: status, fields: fields, body: bytes, isWhole: isWhole)))
    }

    func failed(_ failure: UpstreamFailure) {
        if case .statusLine = rule, status != nil { return end(isWhole: false) }
        finish(.failure(failure))
    }

    private func limitTime() {
        guard case .statusLine(_, _, let milliseconds) = rule else { return }
        exchange?.deadline = loop.time.adding(milliseconds: milliseconds)
    }

    private func finish(_ result: Result<ClientResponse, UpstreamFailure>) {
        loop.assertCurrent()
        let done = done
        self.done = nil
        exchange = nil
        done?(result)
    }
}
