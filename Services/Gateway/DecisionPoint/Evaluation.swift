import Contract
import GatewayContract
import Kernel

/// A question as it was asked, with the parts of the whole request where it had none.
struct Evaluation: Sendable {
    let subject: PartialEvaluationBody.Subject?
    let action: PartialEvaluationBody.Action?
    let resource: PartialEvaluationBody.Resource?

    /// A part replaces the default as a whole (the specification §7.1.1).
    init(_ part: PartialEvaluationBody?, defaults body: EvaluationsBody) {
        subject = part?.subject ?? body.subject
        action = part?.action ?? body.action
        resource = part?.resource ?? body.resource
    }

    /// nil if a required member is missing.
    var question: Question? {
        guard let type = subject?.type, let id = subject?.id, let action = action?.name,
            let kind = resource?.type, let resourceId = resource?.id
        else { return nil }
        return Question(
            subjectType: type, subjectId: id, action: action,
            accessLevel: self.action?.properties?.accessLevel, resourceType: kind,
            resourceId: resourceId)
    }

    /// JSON Pointers of the members that are missing.
    var missing: [String] {
        let parts: [(String, String?)] = [
            ("/subject/type", subject?.type), ("/subject/id", subject?.id),
            ("/action/name", action?.name), ("/resource/type", resource?.type),
            ("/resource/id", resource?.id),
        ]
        return parts.filter { $0.1 == nil }.map(\.0)
    }
}

/// Names that are longer, in bytes, name nothing: neither contexts nor the log get them.
enum QuestionLimits {
    /// `ext:` and an external id.
    static let subjectId = 4 + 4 * ExternalID.maximum
    /// As long.
    static let resourceId = subjectId
    /// Of each text in the log.
    static let logged = 100
}

/// Can the subject do this with the resource?
struct Question: Sendable, Hashable {
    let subjectType: String
    let subjectId: String
    let action: String
    let accessLevel: Int?
    let resourceType: String
    let resourceId: String
}

extension Question {
    init(_ subject: SubjectBody, _ action: ActionBody, _ resource: ResourceBody) {
        self.init(
            subjectType: subject.type, subjectId: subject.id, action: action.name,
            accessLevel: action.properties?.accessLevel, resourceType: resource.type,
            resourceId: resource.id)
    }
}

extension EvaluationSemantic {
    /// How many of the decisions are answered.
    func count(of decisions: [Decision]) -> Int {
        let last =
            switch self {
            case .executeAll: nil as Int?
            case .denyOnFirstDeny: decisions.firstIndex { !$0.isAllowed }
            case .permitOnFirstPermit: decisions.firstIndex { $0.isAllowed }
            }
        return last.map { $0 + 1 } ?? decisions.count
    }
}

extension Decision {
    static let unknownSubject = Decision(isAllowed: false, reason: "unknown_subject")
    static let suspended = Decision(isAllowed: false, reason: "user_suspended")
    static let incomplete = Decision(isAllowed: false, reason: "incomplete")
}
