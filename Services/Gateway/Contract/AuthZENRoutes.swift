import Contract
import Kernel

/// The OpenID Authorization API 1.0 (AuthZEN), for gateways, proxies and agents that speak it.
public enum AuthZENRoutes {
    public static let group = EndpointGroup(
        "AuthZEN",
        "The OpenID Authorization API 1.0: programs that speak it can ask what users can do, "
            + "without a client of ours. Errors are plain text, malformed and incomplete requests "
            + "are 400, and unknown members are ignored, as the specification says.",
        [evaluate, evaluateAll, searchSubjects, searchResources, searchActions, configuration])

    public static let all = group.endpoints + [configurationBelow]

    private static let scope = ["access:check"]

    public static let evaluate = Endpoint(
        "evaluateAccess", .post, "/access/v1/evaluation", scopes: scope, readsOnly: true,
        errors: .text, summary: "Decide whether a user can do something",
        details: "An unknown subject, resource or action is denied, with a reason. 503 if a "
            + "service that decides does not answer.",
        takes: .json(EvaluationBody.self), answers: .ok(DecisionBody.self, "The decision."),
        problems: ProblemType.ofUpstreams)
    public static let evaluateAll = Endpoint(
        "evaluateAccesses", .post, "/access/v1/evaluations", scopes: scope, readsOnly: true,
        errors: .text, summary: "Decide several questions",
        details: "Each service that owns some of the resources is asked once. A question that is "
            + "incomplete is denied by itself.",
        takes: .json(EvaluationsBody.self), answers: .ok(DecisionsBody.self, "The decisions."),
        problems: ProblemType.ofUpstreams)
    public static let searchSubjects = Endpoint(
        "searchSubjects", .post, "/access/v1/search/subject", scopes: scope, readsOnly: true,
        errors: .text, summary: "Find the users who can do something",
        details: "By id. Every user whom an evaluation would permit is found, however the access "
            + "came about; a part can have fewer results than its limit.",
        takes: .json(SubjectSearchBody.self), answers: .ok(FoundSubjectsBody.self, "The users."),
        problems: ProblemType.ofUpstreams)
    public static let searchResources = Endpoint(
        "searchResources", .post, "/access/v1/search/resource", scopes: scope, readsOnly: true,
        errors: .text, summary: "Find the resources that a user can do something with",
        details: "Newest first; a part can have fewer results than its limit.",
        takes: .json(ResourceSearchBody.self),
        answers: .ok(FoundResourcesBody.self, "The resources."),
        problems: ProblemType.ofUpstreams)
    public static let searchActions = Endpoint(
        "searchActions", .post, "/access/v1/search/action", scopes: scope, readsOnly: true,
        errors: .text, summary: "Find what a user can do with a resource",
        takes: .json(ActionSearchBody.self), answers: .ok(FoundActionsBody.self, "The actions."),
        problems: ProblemType.ofUpstreams)
    public static let configuration = Endpoint(
        "getDecisionPoint", .get, "/.well-known/authzen-configuration", access: .open,
        errors: .text, summary: "Get where these operations are",
        details: "Needs `LATCHKEY_PUBLIC_URL`; 404 without it.",
        answers: .ok(DecisionPointBody.self, "The operations' URLs."), problems: [.notFound])
    public static let configurationBelow = Endpoint(
        "getDecisionPointBelow", .get, "/.well-known/authzen-configuration/{path}", access: .open,
        errors: .text, summary: "Get where these operations are, if the public URL has a path",
        answers: .ok(DecisionPointBody.self, "The operations' URLs."), problems: [.notFound])
}
