import FoundationEssentials
import HTTPClient
import HTTPCore
import Kernel

/// Exit codes of `gateway admin`, as `sysexits.h` names them.
enum AdminExit: Int32, CaseIterable {
    case ok = 0
    case usage = 64
    case data = 65
    case noUser = 67
    case unavailable = 69
    case software = 70
    case ioError = 74
    case tryLater = 75
    case noPermission = 77
    case configuration = 78

    /// For `--help`.
    var meaning: String {
        switch self {
        case .ok: "done"
        case .usage: "wrong arguments"
        case .data: "a value was refused, or a database is damaged"
        case .noUser: "no such user"
        case .unavailable: "something that is needed does not run; the message says what to start"
        case .software: "an error of the program"
        case .ioError: "the output could not be written, or the input not read"
        case .tryLater: "a service is overloaded or does not respond: try again"
        case .noPermission: "the gateway does not accept the secrets of this environment"
        case .configuration: "invalid settings"
        }
    }
}

/// Why a command failed, in words for the operator.
struct AdminFailure: Error {
    let exit: AdminExit
    let text: String
    /// The problem's; nil for what is no answer of a service.
    let code: String?

    init(_ exit: AdminExit, _ text: String, code: String? = nil) {
        self.exit = exit
        self.text = text
        self.code = code
    }

    /// What a service refused.
    init(_ service: String, _ response: ClientResponse) {
        let problem = try? JSONDecoder().decode(AdminProblem.self, from: Data(response.body))
        let exit: AdminExit =
            switch response.status {
            case 400, 404, 409, 412, 422: .data
            case 401, 403: .noPermission
            case 429, 503, 504: .tryLater
            default: .software
            }
        guard response.status != 401 else {
            self.init(
                exit,
                "\(service) does not accept this environment's secrets: they must be those "
                    + "with which it was started")
            return
        }
        let mistakes = (problem?.errors ?? []).map { error in
            "\(error.pointer ?? error.parameter ?? "") \(error.detail)"
        }
        let detail = problem?.detail ?? "status \(response.status)"
        let text = mistakes.isEmpty ? detail : mistakes.joined(separator: "; ")
        self.init(exit, "\(service): \(text)", code: problem?.code)
    }

    /// A service that did not answer.
    init(_ service: String, at address: String, _ failure: UpstreamFailure) {
        switch failure {
        case .unreachable:
            self.init(
                .unavailable, "\(service) is not running at \(address): start it, and try again")
        case .timeout, .overloaded, .circuitOpen:
            self.init(.tryLater, "\(service) at \(address) does not respond: try again")
        case .closed, .malformed, .insecure:
            self.init(.software, "what answers at \(address) is not \(service)")
        }
    }
}

/// RFC 9457, as far as it is shown.
private struct AdminProblem: Decodable {
    struct Mistake: Decodable {
        let pointer: String?
        let parameter: String?
        let detail: String
    }

    let code: String?
    let detail: String?
    let errors: [Mistake]?
}
