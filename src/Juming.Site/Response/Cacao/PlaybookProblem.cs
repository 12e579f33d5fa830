using System.Text.Json.Serialization;

namespace Juming.Site.Response.Cacao;

/// <summary>What a problem of a playbook prevents.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
internal enum ProblemRank
{
    /// <summary>Worth knowing; it runs all the same.</summary>
    Warning,

    /// <summary>It is a playbook, but it can't run at this site as it is.</summary>
    NotRunnable,

    /// <summary>It is no CACAO 2.0 playbook.</summary>
    Refused,
}

/// <summary>Something that is wrong with a playbook.</summary>
/// <param name="Pointer">JSON pointer (RFC 6901) to it.</param>
/// <param name="Code">Stable code; resources hold its sentence.</param>
/// <param name="Rank">What it prevents.</param>
/// <param name="Arguments">Values of the sentence's places.</param>
internal sealed record PlaybookProblem(string Pointer, string Code, ProblemRank Rank, IReadOnlyDictionary<string, string> Arguments);
