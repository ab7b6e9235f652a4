import Contract
import GatewayContract
import HTTPCore
import Kernel
import ServiceKit

/// The routes of the OpenID Authorization API 1.0.
struct AuthZENHandlers: Sendable {
    let point: DecisionPoint
    let ids: IDMinter
    let logger: Logger
    /// nil: there is no document of where the operations are.
    let publicURL: PublicURL?

    var routes: [Route] {
        [
            .later(AuthZENRoutes.evaluate) { try await evaluate($0) },
            .later(AuthZENRoutes.evaluateAll) { try await evaluateAll($0) },
            .later(AuthZENRoutes.searchSubjects) { try await findSubjects($0) },
            .later(AuthZENRoutes.searchResources) { try await findResources($0) },
            .later(AuthZENRoutes.searchActions) { try await findActions($0) },
            .now(AuthZENRoutes.configuration) { _ in try configuration() },
            // The specification §9.2: the path of the decision point follows the well-known one.
            .now(AuthZENRoutes.configurationBelow) { request in
                guard publicURL?.path == "/" + (try request.path("path")) else {
                    throw Fault.notFound
                }
                return try configuration()
            },
        ]
    }

    private func configuration() throws(Fault) -> Response {
        guard let publicURL else { throw .notFound }
        return .resource(DecisionPointBody(base: publicURL.text))
    }

    private func evaluate(_ request: RequestContext) async throws -> Response {
        let body = try request.decode(EvaluationBody.self)
        let question = Question(body.subject, body.action, body.resource)
        let decision = try await point.decide([question])[0]
        return .json(answer(decision, to: question, request))
    }

    private func evaluateAll(_ request: RequestContext) async throws -> Response {
        let body = try request.decode(EvaluationsBody.self)
        let parts = body.evaluations ?? []
        guard parts.count <= DecisionQuery.maximum else {
            throw Fault.invalid(
                "/evaluations", "must have at most \(DecisionQuery.maximum) items")
        }
        let semantic: EvaluationSemantic =
            try body.options?.semantic.map {
                try Text.word($0, pointer: "/options/evaluations_semantic")
            } ?? .executeAll
        guard !parts.isEmpty else {
            let whole = Evaluation(nil, defaults: body)
            guard let question = whole.question else {
                throw Fault.invalid(whole.missing.map { Fault.Field($0, "is required") })
            }
            let decision = try await point.decide([question])[0]
            return .json(DecisionsBody(answer(decision, to: question, request)))
        }
        let questions = parts.map { Evaluation($0, defaults: body).question }
        let decisions = try await point.decide(questions)
        let count = semantic.count(of: decisions)
        return .json(
            DecisionsBody(
                evaluations: zip(questions, decisions).prefix(count).map {
                    answer($1, to: $0, request)
                }))
    }

    private func findSubjects(_ request: RequestContext) async throws -> Response {
        let found = try await point.subjects(try request.decode(SubjectSearchBody.self))
        let results = found.results.map {
            FoundSubjectsBody.Found(id: $0.id, externalId: $0.externalId)
        }
        return .json(FoundSubjectsBody(page: found.page, results: results))
    }

    private func findResources(_ request: RequestContext) async throws -> Response {
        let body = try request.decode(ResourceSearchBody.self)
        let found = try await point.resources(body)
        let results = found.results.map { ResourceBody(type: body.resource.type, id: $0) }
        return .json(FoundResourcesBody(page: found.page, results: results))
    }

    private func findActions(_ request: RequestContext) async throws -> Response {
        let names = try await point.actions(try request.decode(ActionSearchBody.self))
        return .json(
            FoundActionsBody(
                page: ResultPageBody(nextToken: "", count: names.count),
                results: names.map { FoundActionsBody.Found(name: $0) }))
    }

    /// Answers a decision, and logs it under the id that the answer names.
    private func answer(
        _ decision: Decision, to question: Question?, _ request: RequestContext
    ) -> DecisionBody {
        let id = ids.make("evl_")
        logger.info(
            "access decision",
            [
                "evaluation_id": id, "decision": "\(decision.isAllowed)",
                "subject": logged(question?.subjectId), "action": logged(question?.action),
                "resource_type": logged(question?.resourceType),
                "resource": logged(question?.resourceId),
                "via": decision.via ?? "", "reason": decision.reason ?? "",
                "requestId": request.requestId,
            ])
        return DecisionBody(
            decision: decision.isAllowed,
            context: DecisionBody.Context(
                evaluationId: id, via: decision.via, reason: decision.reason))
    }
}

/// The beginning of a text that a client chose.
private func logged(_ text: String?) -> String {
    String(decoding: (text ?? "").utf8.prefix(QuestionLimits.logged), as: UTF8.self)
}

extension DecisionPoint.Found {
    fileprivate var page: ResultPageBody {
        ResultPageBody(nextToken: next?.text ?? "", count: results.count)
    }
}
