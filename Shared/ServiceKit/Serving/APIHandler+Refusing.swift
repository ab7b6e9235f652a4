import Contract
import HTTPCore
import HTTPServer
import Kernel

/// What is refused, and what no route takes.
extension APIHandler {
    /// Decided by the head alone.
    func refuse(_ fault: Fault, _ answer: ResponseSink) {
        let problem = Problem(fault)
        log(fault, problem.status, answer)
        answer.giveEarly(.failure(problem))
    }

    /// The gate counts a request as anonymous only after its credentials were found invalid: a
    /// valid token is never limited by what others send from the same address.
    func countAnonymous(
        _ fault: Fault, _ endpoint: Endpoint, _ exchange: Exchange
    ) throws(Fault) {
        if fault.kind == .unauthenticated { _ = try gate?.admit(nil, to: endpoint, exchange) }
    }

    /// Requests without a route count against the limits too, or they would be the cheapest flood;
    /// only preflights don't, as the browser makes them.
    func unmatched(_ result: Result<Response, Problem>, _ answer: ResponseSink) {
        guard !answer.isPreflight else { return answer.giveEarly(result) }
        do throws(Fault) {
            try gate?.admitUnmatched(answer.exchange)
            answer.giveEarly(result)
        } catch {
            answer.giveEarly(.failure(Problem(error)))
        }
    }

    /// A known path with another method; RFC 9110 §9.3.7 for OPTIONS, §15.5.6, §15.6.2.
    func refuse(_ answer: ResponseSink, _ allowed: [Method]) -> Result<Response, Problem> {
        let head = answer.exchange.head
        let method = head.method
        // In the order of their declaration, whatever that of the table is.
        let methods = Method.allCases.filter { $0 == .options || allowed.contains($0) }
        let allow = methods.map(\.name).joined(separator: ", ")
        switch method {
        case .options:
            let more = gate?.options(head, allow: allow) ?? []
            answer.isPreflight = !more.isEmpty
            return .success(Response(204, fields: [Response.Field("Allow", allow)] + more))
        case .trace, .connect, .other:
            return .failure(Problem(HTTPError(501, "This method is not implemented.")))
        default:
            var problem = Problem(
                Fault(
                    ProblemType.methodNotAllowed,
                    "\(method.name) is not allowed here. Use \(allow)."))
            problem.add("Allow", allow)
            return .failure(problem)
        }
    }

    func unknown(_ head: RequestHead) -> Result<Response, Problem> {
        if head.isAsterisk {
            let allow = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
            return .success(Response(204, fields: [Response.Field("Allow", allow)]))
        }
        switch head.method {
        case .trace, .connect, .other:
            return .failure(Problem(HTTPError(501, "This method is not implemented.")))
        default:
            let near = table.path(near: head.pathText).map { " Did you mean \(base)\($0)?" } ?? ""
            return .failure(
                Problem(Fault(ProblemType.notFound, "There is nothing at this path.\(near)")))
        }
    }

    /// A problem of what could not be read, or 429 after too many such. Surplus connections don't
    /// count, as they are not the caller's fault.
    func counted(_ problem: Problem, _ head: RequestHead?, _ peer: Peer) -> Problem {
        guard let gate, problem.status != 503 else { return problem }
        do throws(Fault) {
            try gate.admitRefused(head, from: peer)
            return problem
        } catch {
            return Problem(error)
        }
    }
}
