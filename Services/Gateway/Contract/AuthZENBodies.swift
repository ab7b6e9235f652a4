import Contract

// Bodies of the OpenID Authorization API 1.0 (https://openid.net/specs/authorization-api-1_0.html),
// called the specification below. Members that it has and that decide nothing here (`context`,
// `properties` of subjects and resources) are accepted without being declared.

/// Who asks for access; the specification §5.1.
public struct SubjectBody: Documented {
    public static let schemaName = "AuthZENSubject"
    public static let meaning = "A user."

    /// `user`; others are unknown.
    public let type: String
    public let id: String

    public static var members: [Member] {
        [
            Member("type", "The kind of subject: `user`.", example: "user"),
            Member(
                "id", "The user's id, `ext:` and the external id, or the external id alone.",
                .id(like: "usr_")),
        ]
    }
}

/// A kind of subjects, in searches.
public struct SubjectKindBody: Documented {
    public static let schemaName = "AuthZENSubjectKind"
    public static let meaning = "A kind of subject."

    public let type: String

    public static var members: [Member] {
        [Member("type", "The kind of subject: `user`.", example: "user")]
    }
}

/// What is accessed; the specification §5.2.
public struct ResourceBody: Documented {
    public static let schemaName = "AuthZENResource"
    public static let meaning = "A resource."

    public let type: String
    public let id: String

    public init(type: String, id: String) {
        self.type = type
        self.id = id
    }

    public static var members: [Member] {
        [
            Member("type", DecisionTexts.resourceTypes, example: "entity"),
            Member("id", "The resource's id.", .id(like: "ent_")),
        ]
    }
}

/// A kind of resources, in searches.
public struct ResourceKindBody: Documented {
    public static let schemaName = "AuthZENResourceKind"
    public static let meaning = "A kind of resource."

    public let type: String

    public static var members: [Member] {
        [Member("type", DecisionTexts.resourceTypes, example: "entity")]
    }
}

/// What the subject wants to do; the specification §5.3.
public struct ActionBody: Documented {
    public static let schemaName = "AuthZENAction"
    public static let meaning = "What the subject wants to do with the resource."

    /// What actions can be narrowed by.
    public struct Properties: Documented {
        public static let schemaName = "AuthZENActionProperties"
        public static let meaning = "What an action can be narrowed by."

        public let accessLevel: Int?

        public static var members: [Member] {
            [
                Member(
                    "accessLevel", "The least access level, for `access` to an integration.",
                    example: 2)
            ]
        }
    }

    public let name: String
    public let properties: Properties?

    public static var members: [Member] {
        [
            Member("name", DecisionTexts.actions, example: "access"),
            Member("properties", "What narrows the action."),
        ]
    }
}

/// `POST /access/v1/evaluation`; the specification §6.1.
public struct EvaluationBody: Documented {
    public static let schemaName = "AuthZENEvaluation"
    public static let meaning = "A question: can the subject do this with the resource?"

    public let subject: SubjectBody
    public let action: ActionBody
    public let resource: ResourceBody

    public static var members: [Member] {
        [
            Member("subject", "The user."), Member("action", "What the user wants to do."),
            Member("resource", "The resource."),
        ]
    }
}

/// Some of the parts of a question; what it lacks is the request's.
public struct PartialEvaluationBody: Documented {
    public static let schemaName = "AuthZENPartialEvaluation"
    public static let meaning = "A question; parts that it lacks are those of the whole request."

    public struct Subject: Documented {
        public static let schemaName = "AuthZENPartialSubject"
        public static let meaning = "A user."
        public let type: String?
        public let id: String?
        public static var members: [Member] { SubjectBody.members }
    }

    public struct Resource: Documented {
        public static let schemaName = "AuthZENPartialResource"
        public static let meaning = "A resource."
        public let type: String?
        public let id: String?
        public static var members: [Member] { ResourceBody.members }
    }

    public struct Action: Documented {
        public static let schemaName = "AuthZENPartialAction"
        public static let meaning = "What the subject wants to do with the resource."
        public let name: String?
        public let properties: ActionBody.Properties?
        public static var members: [Member] { ActionBody.members }
    }

    public let subject: Subject?
    public let action: Action?
    public let resource: Resource?

    public static var members: [Member] { EvaluationBody.members }
}

/// `POST /access/v1/evaluations`; the specification §7.1.
public struct EvaluationsBody: Documented {
    public static let schemaName = "AuthZENEvaluations"
    public static let meaning = "Questions; the parts beside `evaluations` are their defaults."

    public struct Options: Documented {
        public static let schemaName = "AuthZENOptions"
        public static let meaning = "How questions are evaluated."

        public let semantic: String?

        enum CodingKeys: String, CodingKey { case semantic = "evaluations_semantic" }

        public static var members: [Member] {
            [
                Member(
                    "evaluations_semantic",
                    "`execute_all` decides all questions, `deny_on_first_deny` ends with the first "
                        + "that is denied, `permit_on_first_permit` with the first that is "
                        + "permitted.",
                    Rule.words(EvaluationSemantic.allCases).falling(
                        backTo: .string(EvaluationSemantic.executeAll.rawValue)))
            ]
        }
    }

    public let subject: PartialEvaluationBody.Subject?
    public let action: PartialEvaluationBody.Action?
    public let resource: PartialEvaluationBody.Resource?
    public let evaluations: [PartialEvaluationBody]?
    public let options: Options?

    public static var members: [Member] {
        EvaluationBody.members + [
            Member(
                "evaluations",
                "The questions; without any, the request is one question itself.",
                .list(0...DecisionQuery.maximum, of: .plain)),
            Member("options", "How they are evaluated."),
        ]
    }
}

/// When the evaluation of several questions ends; the specification §7.1.2.1.
public enum EvaluationSemantic: String, CaseIterable, Sendable {
    case executeAll = "execute_all"
    case denyOnFirstDeny = "deny_on_first_deny"
    case permitOnFirstPermit = "permit_on_first_permit"
}

/// The specification §5.5.
public struct DecisionBody: Documented {
    public static let schemaName = "AuthZENDecision"
    public static let meaning = "The answer to a question."

    public struct Context: Documented {
        public static let schemaName = "AuthZENDecisionContext"
        public static let meaning = "More about a decision."

        public let evaluationId: String
        public let via: String?
        public let reason: String?

        enum CodingKeys: String, CodingKey {
            case evaluationId = "evaluation_id"
            case via, reason
        }

        public init(evaluationId: String, via: String?, reason: String?) {
            self.evaluationId = evaluationId
            self.via = via
            self.reason = reason
        }

        public static var members: [Member] {
            [
                Member(
                    "evaluation_id", "Names the decision in the gateway's log.",
                    .id(like: "evl_")),
                Member("via", "The grant that permits it.", example: "direct_share"),
                Member(
                    "reason",
                    "Why it is denied: `unknown_subject`, `unknown_resource`, `unknown_action`, "
                        + "`user_suspended` or `incomplete`; missing for lack of a grant."),
            ]
        }
    }

    public let decision: Bool
    public let context: Context

    public init(decision: Bool, context: Context) {
        self.decision = decision
        self.context = context
    }

    public static var members: [Member] {
        [
            Member("decision", "Whether it is permitted.", example: true),
            Member("context", "More about the decision."),
        ]
    }
}

/// The specification §7.2.
public struct DecisionsBody: Documented {
    public static let schemaName = "AuthZENDecisions"
    public static let meaning =
        "Decisions in the order of the questions; of a request without `evaluations`, a decision."

    public let evaluations: [DecisionBody]?
    public let decision: Bool?
    public let context: DecisionBody.Context?

    public init(evaluations: [DecisionBody]) {
        self.evaluations = evaluations
        decision = nil
        context = nil
    }

    public init(_ one: DecisionBody) {
        evaluations = nil
        decision = one.decision
        context = one.context
    }

    public static var members: [Member] {
        [Member("evaluations", "The decisions.")] + DecisionBody.members
    }
}

/// What the reference says of types and actions.
enum DecisionTexts {
    static let resourceTypes =
        "The kind of resource: `entity`, `integration`, `workspace` or `organization`."
    static let actions =
        "For an entity `access`, `publish` or `own`; for an integration `access`, `share` or "
        + "`own`; for a workspace `read`, `write` or `own`; for an organization `read` or a scope "
        + "of its roles."
}
