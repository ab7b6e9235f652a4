import Contract

/// A part of a search's results; the specification §8.2.1.
public struct SearchPageBody: Documented {
    public static let schemaName = "AuthZENPage"
    public static let meaning = "Which part of the results is requested."

    public let token: String?
    public let limit: Int?

    public static var members: [Member] {
        [
            Member("token", "The `next_token` of the part before.", example: nil),
            Member(
                "limit",
                "The most results of the part; more than \(SearchLimits.maximum) count as "
                    + "\(SearchLimits.maximum).",
                .number(0...SearchLimits.largest, else: SearchLimits.usual)),
        ]
    }
}

/// Numbers that searches keep to.
public enum SearchLimits {
    public static let usual = 100
    public static let maximum = 1_000
    /// What a request can name.
    public static let largest = 1_000_000_000
}

/// `POST /access/v1/search/subject`; the specification §8.4.1.
public struct SubjectSearchBody: Documented {
    public static let schemaName = "AuthZENSubjectSearch"
    public static let meaning = "Who can do this with the resource?"

    public let subject: SubjectKindBody
    public let action: ActionBody
    public let resource: ResourceBody
    public let page: SearchPageBody?

    public static var members: [Member] {
        [
            Member("subject", "The kind of subject."),
            Member("action", "What they can do."), Member("resource", "The resource."),
            Member("page", "Which part of the results."),
        ]
    }
}

/// `POST /access/v1/search/resource`; the specification §8.5.1.
public struct ResourceSearchBody: Documented {
    public static let schemaName = "AuthZENResourceSearch"
    public static let meaning = "Which resources can the subject do this with?"

    public let subject: SubjectBody
    public let action: ActionBody
    public let resource: ResourceKindBody
    public let page: SearchPageBody?

    public static var members: [Member] {
        [
            Member("subject", "The user."), Member("action", "What the user can do."),
            Member("resource", "The kind of resource."),
            Member("page", "Which part of the results."),
        ]
    }
}

/// `POST /access/v1/search/action`; the specification §8.6.1.
public struct ActionSearchBody: Documented {
    public static let schemaName = "AuthZENActionSearch"
    public static let meaning = "What can the subject do with the resource?"

    public let subject: SubjectBody
    public let resource: ResourceBody

    public static var members: [Member] {
        [Member("subject", "The user."), Member("resource", "The resource.")]
    }
}

/// The specification §8.2.2.
public struct ResultPageBody: Documented {
    public static let schemaName = "AuthZENResultPage"
    public static let meaning = "Where the next part of the results is."

    public let nextToken: String
    public let count: Int

    enum CodingKeys: String, CodingKey {
        case nextToken = "next_token"
        case count
    }

    public init(nextToken: String, count: Int) {
        self.nextToken = nextToken
        self.count = count
    }

    public static var members: [Member] {
        [
            Member(
                "next_token", "The `token` of the next part; empty after the last one.",
                example: ""),
            Member("count", "Results in this part; can be fewer than requested.", example: 1),
        ]
    }
}

/// Users who were found.
public struct FoundSubjectsBody: Documented {
    public static let schemaName = "AuthZENFoundSubjects"
    public static let meaning = "The users who can do it."

    public struct Found: Documented {
        public static let schemaName = "AuthZENFoundSubject"
        public static let meaning = "A user who can do it."

        public struct Properties: Documented {
            public static let schemaName = "AuthZENSubjectProperties"
            public static let meaning = "More about a user."
            public let externalId: String?

            public init(externalId: String?) { self.externalId = externalId }

            public static var members: [Member] {
                [Member("externalId", "The platform's own id of the user.", example: "user-4711")]
            }
        }

        public let type: String
        public let id: String
        public let properties: Properties

        public init(id: String, externalId: String?) {
            type = "user"
            self.id = id
            properties = Properties(externalId: externalId)
        }

        public static var members: [Member] {
            SubjectBody.members + [Member("properties", "More about the user.")]
        }
    }

    public let page: ResultPageBody
    public let results: [Found]

    public init(page: ResultPageBody, results: [Found]) {
        self.page = page
        self.results = results
    }

    public static var members: [Member] { Self.found }
}

/// Things that were found.
public struct FoundResourcesBody: Documented {
    public static let schemaName = "AuthZENFoundResources"
    public static let meaning = "The resources that the user can do it with."

    public let page: ResultPageBody
    public let results: [ResourceBody]

    public init(page: ResultPageBody, results: [ResourceBody]) {
        self.page = page
        self.results = results
    }

    public static var members: [Member] { Self.found }
}

/// Actions that were found.
public struct FoundActionsBody: Documented {
    public static let schemaName = "AuthZENFoundActions"
    public static let meaning = "What the user can do."

    public struct Found: Documented {
        public static let schemaName = "AuthZENFoundAction"
        public static let meaning = "Something that the user can do."
        public let name: String

        public init(name: String) { self.name = name }

        public static var members: [Member] {
            [Member("name", DecisionTexts.actions, example: "access")]
        }
    }

    public let page: ResultPageBody
    public let results: [Found]

    public init(page: ResultPageBody, results: [Found]) {
        self.page = page
        self.results = results
    }

    public static var members: [Member] { Self.found }
}

extension Documented {
    fileprivate static var found: [Member] {
        [
            Member("page", "Where the next part is."), Member("results", "What was found."),
        ]
    }
}

/// `GET /.well-known/authzen-configuration`; the specification §9.1.
public struct DecisionPointBody: Documented {
    public static let schemaName = "AuthZENConfiguration"
    public static let meaning = "Where the decision point's operations are."

    public let policyDecisionPoint: String
    public let evaluation: String
    public let evaluations: String
    public let searchSubject: String
    public let searchResource: String
    public let searchAction: String

    enum CodingKeys: String, CodingKey {
        case policyDecisionPoint = "policy_decision_point"
        case evaluation = "access_evaluation_endpoint"
        case evaluations = "access_evaluations_endpoint"
        case searchSubject = "search_subject_endpoint"
        case searchResource = "search_resource_endpoint"
        case searchAction = "search_action_endpoint"
    }

    /// - Parameter base: the gateway's public URL.
    public init(base: String) {
        policyDecisionPoint = base
        evaluation = base + AuthZENRoutes.evaluate.path
        evaluations = base + AuthZENRoutes.evaluateAll.path
        searchSubject = base + AuthZENRoutes.searchSubjects.path
        searchResource = base + AuthZENRoutes.searchResources.path
        searchAction = base + AuthZENRoutes.searchActions.path
    }

    public static var members: [Member] {
        func url(_ name: String, _ path: String, _ meaning: String) -> Member {
            Member(name, meaning, example: .string("https://access.example.com" + path))
        }
        return [
            url("policy_decision_point", "", "The decision point."),
            url("access_evaluation_endpoint", "/access/v1/evaluation", "Evaluates a question."),
            url(
                "access_evaluations_endpoint", "/access/v1/evaluations",
                "Evaluates several questions."),
            url("search_subject_endpoint", "/access/v1/search/subject", "Finds users."),
            url("search_resource_endpoint", "/access/v1/search/resource", "Finds resources."),
            url("search_action_endpoint", "/access/v1/search/action", "Finds actions."),
        ]
    }
}
