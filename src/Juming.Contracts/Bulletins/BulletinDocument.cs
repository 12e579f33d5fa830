using System.Text.Json;
using System.Text.Json.Serialization;
using Juming.Contracts.Vulnerabilities;

namespace Juming.Contracts.Bulletins;

/// <summary>A bulletin as it travels, signed: what happened, and what those who get it are asked to do.</summary>
/// <param name="Id">Identity; answers name it.</param>
/// <param name="Title">One line.</param>
/// <param name="Text">Plain text.</param>
/// <param name="Severity">0 for information to 4 critical.</param>
/// <param name="Due">By when it is to be done; null for no time.</param>
/// <param name="Cves">Vulnerabilities that it is about.</param>
/// <param name="References">Indicators, addresses of notices; never followed by a program.</param>
/// <param name="Actions">What is asked for, a line each.</param>
public sealed record BulletinDocument(Guid Id, string Title, string Text, int Severity, DateTimeOffset? Due, IReadOnlyList<string> Cves, IReadOnlyList<string> References, IReadOnlyList<string> Actions)
{
    /// <summary>Longest title.</summary>
    public const int LongestTitle = 200;

    /// <summary>Longest text.</summary>
    public const int LongestText = 20_000;

    /// <summary>Longest action or reference.</summary>
    public const int LongestLine = 500;

    /// <summary>Most vulnerabilities, references, or actions.</summary>
    public const int MostLines = 50;

    /// <summary>Most bytes that one has.</summary>
    public const int MostBytes = 256 * 1024;

    /// <summary>Where bulletins lie below a host's intelligence.</summary>
    public const string Folder = "bulletins/";

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { MaxDepth = 8, UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip };

    /// <summary>True when all of it is within bounds.</summary>
    [JsonIgnore]
    public bool IsSound => Id != Guid.Empty && IsLine(Title, LongestTitle) && Title.Trim().Length > 0 && Text is { Length: <= LongestText } && Severity is >= 0 and <= 4 && (Due is null || Due.Value.Year is >= 2000 and < 2100)
        && AreLines(Cves) && Cves.All(c => CveId.Of(c) == c) && AreLines(References) && AreLines(Actions);

    /// <summary>Its bytes.</summary>
    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, Options);

    /// <summary>Reads one; null when it is none.</summary>
    public static BulletinDocument? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MostBytes) return null;
        try
        {
            return JsonSerializer.Deserialize<BulletinDocument>(bytes, Options) is { IsSound: true } read ? read : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool AreLines(IReadOnlyList<string>? lines) => lines is { Count: <= MostLines } && lines.All(l => IsLine(l, LongestLine) && l.Length > 0);

    private static bool IsLine(string? text, int most) => text is not null && text.Length <= most && !text.Any(char.IsControl);
}
