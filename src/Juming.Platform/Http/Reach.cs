namespace Juming.Platform.Http;

/// <summary>Where a call may go.</summary>
public enum Destinations
{
    /// <summary>Only to public addresses: webhooks and feeds.</summary>
    PublicOnly,

    /// <summary>Also into the inner networks of <see cref="OutboundSettings.AllowedNetworks"/>: endpoints that an administrator entered. Only there over plain HTTP.</summary>
    Configured,

    /// <summary>An endpoint that the settings file itself names: inner ones too, though never metadata and link-local ones.</summary>
    FromSettings,
}

/// <summary>The bounds of a call.</summary>
/// <param name="Destinations">Where it may go.</param>
public sealed record Reach(Destinations Destinations)
{
    /// <summary>Ports; empty allows all.</summary>
    public IReadOnlyList<int> Ports { get; init; } = [];

    /// <summary>Redirects that are followed, each checked like the call itself, 0 to 3. Only of calls without a body.</summary>
    public int MostRedirects { get; init; }

    /// <summary>Most bytes of an answer.</summary>
    public int MostBytes { get; init; } = 256 * 1024;

    /// <summary>Longest time for all of it.</summary>
    public TimeSpan Within { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Which part of the program calls, for the ledger of what leaves.</summary>
    public string Sender { get; init; } = "other";

    /// <summary>Keys stand in path or query: the ledger names the host alone.</summary>
    public bool HidesAddress { get; init; }
}

/// <summary>A call: what is sent where.</summary>
/// <param name="Method">Method.</param>
/// <param name="Address">Absolute address.</param>
/// <param name="Body">Body, or null.</param>
/// <param name="ContentType">Type of the body.</param>
/// <param name="Headers">Further headers.</param>
public sealed record GuardedCall(HttpMethod Method, Uri Address, byte[]? Body = null, string ContentType = "application/json; charset=utf-8", IReadOnlyDictionary<string, string>? Headers = null)
{
    /// <summary>Takes the body of a 200 as it comes, for answers that memory should not hold; the answer's own body is empty then. The bounds are the same.</summary>
    public Stream? Into { get; init; }

    /// <summary>What of the body may be read in the ledger afterwards; null when all of it may.</summary>
    public byte[]? Kept { get; init; }
}

/// <summary>What came back, whatever its status.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Body">Body, whole.</param>
/// <param name="RetryAfter">When the other side wants to be asked again, or null.</param>
public sealed record GuardedAnswer(int Status, byte[] Body, TimeSpan? RetryAfter)
{
    /// <summary>Headers, by name in any case; several of one name are joined by commas.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = System.Collections.Frozen.FrozenDictionary<string, string>.Empty;

    /// <summary>Bytes of the body, wherever it went.</summary>
    public long Length { get; init; } = Body.Length;
}

/// <summary>Why a call came to nothing.</summary>
public enum CallFailure
{
    /// <summary>The address is not one that may be called: scheme, port, a name and password in it.</summary>
    AddressRefused,

    /// <summary>It leads to a network that may not be called.</summary>
    DestinationRefused,

    /// <summary>Its name has no address.</summary>
    NameUnknown,

    /// <summary>Nobody accepts the connection.</summary>
    Unreachable,

    /// <summary>The other side's certificate is not trusted, or TLS fails otherwise.</summary>
    Tls,

    /// <summary>It took too long.</summary>
    TimedOut,

    /// <summary>The connection broke, or what came is not HTTP.</summary>
    Broken,

    /// <summary>The answer is larger than is taken.</summary>
    TooLarge,

    /// <summary>It redirects where it may not, or too often.</summary>
    RedirectRefused,

    /// <summary>It could not be entered in the ledger of what leaves, and so did not leave.</summary>
    NotRecorded,
}

/// <summary>A call came to nothing.</summary>
/// <param name="failure">Why.</param>
/// <param name="host">Host and port, never the whole address: keys stand in it.</param>
/// <param name="detail">More for a person, without secrets.</param>
/// <param name="inner">What was thrown, or null.</param>
public sealed class CallFailedException(CallFailure failure, string host, string detail, Exception? inner = null) : IOException($"{failure}: {host}: {detail}", inner)
{
    /// <summary>Why.</summary>
    public CallFailure Failure { get; } = failure;

    /// <summary>Host and port.</summary>
    public string Host { get; } = host;

    /// <summary>More for a person.</summary>
    public string Detail { get; } = detail;
}
