using System.Net;
using System.Text.RegularExpressions;

namespace Juming.Site.Detection.Sigma;

/// <summary>What a rule asks of an event, before it is bound to fields.</summary>
internal abstract record Expression;

/// <summary>All must hold.</summary>
internal sealed record AllOf(IReadOnlyList<Expression> Parts) : Expression;

/// <summary>At least <paramref name="Least"/> must hold.</summary>
internal sealed record SomeOf(IReadOnlyList<Expression> Parts, int Least = 1) : Expression;

/// <summary>Must not hold.</summary>
internal sealed record NotOf(Expression Part) : Expression;

/// <summary>A question to one field. <paramref name="Field"/> is null for a search over the whole message.</summary>
internal abstract record FieldTest(string? Field) : Expression
{
    /// <summary>Equal for tests that always have the same answer, so that they are asked once per event.</summary>
    public abstract string Key { get; }
}

/// <summary>Text with wildcards.</summary>
internal sealed record TextTest(string? Field, SigmaText Pattern, bool Cased) : FieldTest(Field)
{
    /// <inheritdoc/>
    public override string Key => (Cased ? "T" : "t") + Pattern;
}

/// <summary>Equal to a number; text that is the same number in another notation is equal too.</summary>
internal sealed record EqualNumberTest(string? Field, string Text) : FieldTest(Field)
{
    /// <inheritdoc/>
    public override string Key => "n" + Text;
}

/// <summary>Bytes that may be no text at all (a value in UTF-16).</summary>
internal sealed record BytesTest(string? Field, byte[] Bytes, TextShape Shape, bool Cased) : FieldTest(Field)
{
    /// <inheritdoc/>
    public override string Key => $"b{Cased}{Shape}{Convert.ToHexString(Bytes)}";
}

/// <summary>Regular expression.</summary>
internal sealed record RegexTest(string? Field, SigmaRegex Pattern) : FieldTest(Field)
{
    /// <inheritdoc/>
    public override string Key => $"r{(int)Pattern.Options}/{Pattern}";
}

/// <summary>Address within a network.</summary>
internal sealed record CidrTest(string? Field, IPNetwork Network) : FieldTest(Field)
{
    /// <inheritdoc/>
    public override string Key => "c" + Network;
}

/// <summary>How numbers compare.</summary>
internal enum Comparison
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// <summary>What of a time is looked at.</summary>
internal enum TimePart
{
    None,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
}

/// <summary>A number, or a part of a time, compared with a number.</summary>
internal sealed record NumberTest(string? Field, Comparison Comparison, double Number, TimePart Part) : FieldTest(Field)
{
    /// <inheritdoc/>
    public override string Key => FormattableString.Invariant($"#{Part}{Comparison}{Number:R}");
}

/// <summary>The field is absent (null).</summary>
internal sealed record AbsentTest(string? Field) : FieldTest(Field)
{
    /// <inheritdoc/>
    public override string Key => "0";
}

/// <summary>The field is empty (''), or absent: most log formats have no way to write an empty value but to leave the field out.</summary>
internal sealed record EmptyTest(string? Field) : FieldTest(Field)
{
    /// <inheritdoc/>
    public override string Key => "e";
}

/// <summary>The field is there, be it empty.</summary>
internal sealed record PresentTest(string? Field) : FieldTest(Field)
{
    /// <inheritdoc/>
    public override string Key => "1";
}

/// <summary>The value relates to that of another field.</summary>
internal sealed record OtherFieldTest(string? Field, string Other, TextShape Shape, bool Cased) : FieldTest(Field)
{
    /// <inheritdoc/>
    public override string Key => $"f{Cased}{Shape}{Other}";
}
