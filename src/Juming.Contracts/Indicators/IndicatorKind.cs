using System.Text.Json.Serialization;

namespace Juming.Contracts.Indicators;

/// <summary>What an indicator is. The numbers are stored and never change.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
public enum IndicatorKind : byte
{
    /// <summary>Not known, or to be found out.</summary>
    None = 0,

    /// <summary>One IPv4 or IPv6 address.</summary>
    Address = 1,

    /// <summary>A network in CIDR form.</summary>
    Network = 2,

    /// <summary>A domain with everything below it.</summary>
    Domain = 3,

    /// <summary>A URL.</summary>
    Url = 4,

    /// <summary>MD5 of a file.</summary>
    Md5 = 5,

    /// <summary>SHA-1 of a file.</summary>
    Sha1 = 6,

    /// <summary>SHA-256 of a file.</summary>
    Sha256 = 7,

    /// <summary>A mail address.</summary>
    Email = 8,
}

/// <summary>Why a text is no indicator.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
public enum IndicatorProblem : byte
{
    /// <summary>It is one.</summary>
    None = 0,

    /// <summary>There is nothing.</summary>
    Empty = 1,

    /// <summary>It is longer than any value may be.</summary>
    TooLong = 2,

    /// <summary>It is no value of the kind that is named, or of any.</summary>
    Unreadable = 3,

    /// <summary>An address or network that is everybody's: private, loopback, link-local, group or otherwise reserved.</summary>
    Reserved = 4,

    /// <summary>A network so wide that it would match a good part of the Internet.</summary>
    TooWide = 5,

    /// <summary>A name that can only exist inside a network, such as one without a dot or below .local.</summary>
    LocalName = 6,

    /// <summary>The hash of an empty file, or none at all, such as zeros.</summary>
    EmptyFile = 7,
}

/// <summary>An indicator's value in its normal form.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Value">The normal form.</param>
public readonly record struct IndicatorValue(IndicatorKind Kind, string Value);
