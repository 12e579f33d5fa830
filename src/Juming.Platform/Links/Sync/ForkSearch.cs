using Juming.Contracts.Link;

namespace Juming.Platform.Links.Sync;

/// <summary>
/// Looks for the last record at which two histories agree, by halves: where chains agree at one number, they agree at all before it. Only numbers that both
/// ends still know can be asked.
/// </summary>
internal sealed class ForkSearch
{
    private ulong _high;
    private bool _lowIsGood;

    private ForkSearch(Position position, ulong low, ulong high)
    {
        Position = position;
        Low = low;
        _high = high;
        Apart = low > high;
        // Before the first record there is nothing to differ in.
        _lowIsGood = low == 0;
    }

    /// <summary>The receiver's position that began it.</summary>
    public Position Position { get; }

    /// <summary>Highest number that is known to agree, or the lowest that can be asked.</summary>
    public ulong Low { get; private set; }

    /// <summary>True when the histories differ at all numbers that both ends know.</summary>
    public bool Apart { get; private set; }

    /// <summary>The number to ask for.</summary>
    public ulong Asked => _lowIsGood ? Low + ((_high - Low + 1) / 2) : Low;

    /// <summary>The last number at which both agree; null while it is not known.</summary>
    public ulong? Fork => _lowIsGood && Low == _high ? Low : null;

    /// <summary>A search within what both ends know.</summary>
    public static ForkSearch Between(Position position, LogEnds ends) =>
        new(position, Math.Max(position.MarksFrom, ends.First - 1), Math.Min(position.Last, ends.Last));

    /// <summary>Takes the answer for <see cref="Asked"/>.</summary>
    public void Learn(bool agrees)
    {
        if (!_lowIsGood)
        {
            _lowIsGood = agrees;
            Apart = !agrees;
        }
        else if (agrees)
        {
            Low = Asked;
        }
        else
        {
            _high = Asked - 1;
        }
    }
}
