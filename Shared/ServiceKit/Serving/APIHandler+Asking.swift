import Contract
import HTTPCore
import HTTPServer
import Kernel

/// Requests whose caller another process knows.
extension APIHandler {
    /// Goes on when the caller is known.
    func ask(_ route: Route, _ parameters: PathParameters, _ answer: ResponseSink) {
        resume(context(route, parameters, answer, nil, []), answer) { [self] in
            let session: any Session
            do throws(Fault) {
                let own = try await asked(route.endpoint, answer.exchange)
                session = try admit(own, to: route.endpoint, answer)
            } catch {
                return refuse(error, answer)
            }
            takeBody(route, parameters, answer, session)
        }
    }

    private func asked(
        _ endpoint: Endpoint, _ exchange: Exchange
    ) async throws(Fault) -> any Session {
        do throws(Fault) {
            return try await authenticator.ask(exchange.head)
        } catch {
            try countAnonymous(error, endpoint, exchange)
            throw error
        }
    }

    /// Authenticates again after a slow body.
    func askAgain(
        _ route: Route, _ parameters: PathParameters, _ answer: ResponseSink, _ body: [UInt8]
    ) {
        resume(context(route, parameters, answer, nil, []), answer) { [self] in
            let head = answer.exchange.head
            let session = try authenticator.acting(try await authenticator.ask(head), head)
            try route.endpoint.admit(session.caller)
            call(route, parameters, answer, session, body)
        }
    }
}
