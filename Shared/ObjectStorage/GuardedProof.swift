import EventLoop
import FoundationEssentials
import Glibc
import Kernel

/// `BucketProof` in a process of its own. URLSession ends the whole process on some answers (see
/// README.md), and what a server answers is not ours to choose: so it may have a process, and the
/// memory and time of that.
public final class GuardedProof: Sendable {
    /// With which the executable is started again. Whoever uses this calls `answerIfAsked` first.
    private static let argument = "--prove-bucket"
    /// Beyond the deadline of the check, which the process keeps by itself.
    private static let graceMilliseconds = 1_000
    private static let maximumMemory: rlim_t = 1 << 30

    /// Checks at once for one owner.
    private static let limitEach = 2

    private let options: BucketProof.Options
    private let running: FairLimit

    public init(_ options: BucketProof.Options = BucketProof.Options()) {
        self.options = options
        running = FairLimit(options.limit, each: Self.limitEach)
    }

    /// Returns if the bucket can be used.
    /// - Parameter owner: on whose behalf, for the limits: 2 checks at once, 16 of all together.
    public func prove(_ bucket: S3Bucket, for owner: String) async throws(StorageFailure) {
        guard running.begin(owner) else { throw .busy }
        defer { running.end(owner) }
        let question = Question(bucket, options)
        guard let input = try? JSONEncoder().encode(question) else { throw .endpoint }
        let end = Ticks.now.adding(
            milliseconds: options.deadlineMilliseconds + Self.graceMilliseconds)
        let outcome = await withCheckedContinuation { continuation in
            onDetachedThread {
                continuation.resume(
                    returning: ChildProcess.run(
                        ChildProcess.itself, [Self.argument], input: Array(input), until: end))
            }
        }
        switch outcome {
        case .said(let bytes):
            guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(bytes)) else {
                throw .unexpected(status: nil, code: nil)
            }
            if let failure = answer.failure { throw failure }
        // Its server's answer was too much for it.
        case .failed: throw .unexpected(status: nil, code: nil)
        case .late: throw .timeout
        }
    }

    /// If this process was started to make one check: makes it, says what came of it, and ends.
    public static func answerIfAsked() async {
        guard CommandLine.arguments.dropFirst().first == argument else { return }
        limit(RLIMIT_AS, maximumMemory)
        limit(RLIMIT_CORE, 0)
        var input: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while case let count = read(STDIN_FILENO, &buffer, buffer.count), count > 0 {
            input += buffer[..<count]
        }
        guard let question = try? JSONDecoder().decode(Question.self, from: Data(input)) else {
            exit(64)  // EX_USAGE
        }
        var answer = Answer(failure: nil)
        do throws(StorageFailure) {
            try await BucketProof(question.options).prove(question.bucket)
        } catch {
            answer = Answer(failure: error)
        }
        let output = (try? JSONEncoder().encode(answer)) ?? Data()
        _ = Array(output).withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
        // Whatever still runs here is not waited for.
        _exit(0)
    }

    private static func limit(_ resource: __rlimit_resource, _ maximum: rlim_t) {
        var limit = rlimit(rlim_cur: maximum, rlim_max: maximum)
        setrlimit(__rlimit_resource_t(resource.rawValue), &limit)
    }
}

/// What the process is asked, on its standard input: arguments and environments can be seen.
private struct Question: Codable {
    let endpoint: String
    let bucketName: String
    let region: String
    let accessKeyId: String
    let secretAccessKey: String
    let allowsPrivate: Bool
    let deadlineMilliseconds: Int

    init(_ bucket: S3Bucket, _ options: BucketProof.Options) {
        endpoint = bucket.endpoint
        bucketName = bucket.bucket
        region = bucket.region
        accessKeyId = bucket.accessKeyId
        secretAccessKey = bucket.secretAccessKey
        allowsPrivate = options.allowsPrivate
        deadlineMilliseconds = options.deadlineMilliseconds
    }

    var bucket: S3Bucket {
        S3Bucket(
            endpoint: endpoint, bucket: bucketName, region: region, accessKeyId: accessKeyId,
            secretAccessKey: secretAccessKey)
    }

    var options: BucketProof.Options {
        var options = BucketProof.Options()
        options.allowsPrivate = allowsPrivate
        options.deadlineMilliseconds = deadlineMilliseconds
        return options
    }
}

/// What it says, on its standard output.
private struct Answer: Codable {
    let failure: StorageFailure?
}
