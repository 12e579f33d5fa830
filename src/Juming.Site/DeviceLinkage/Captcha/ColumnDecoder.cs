using System.Runtime.InteropServices;

namespace Juming.Site.DeviceLinkage.Captcha;

/// <summary>Finds the most probable line of characters in the network's columns (connectionist temporal classification).</summary>
/// <remarks>
/// Each column names a character or "between". A best path is searched for every possible number of characters at once, so that a known
/// length picks among whole paths instead of cutting a line that was read without it.
/// </remarks>
internal static class ColumnDecoder
{
    private const int Between = 0;
    private const int MaxLength = 12;

    /// <summary>A line and how certain each of its characters is.</summary>
    internal readonly record struct Line(int[] Characters, double[] Certainties, double Gaps);

    /// <summary>Decodes.</summary>
    /// <param name="probabilities">Probability of class c in column t at [c * columns + t]; class 0 is "between".</param>
    /// <param name="columns">Number of columns.</param>
    /// <param name="allowed">Whether a class may occur; class 0 always may.</param>
    /// <param name="length">The number of characters, or null.</param>
    public static Line Decode(ReadOnlySpan<float> probabilities, int columns, ReadOnlySpan<bool> allowed, int? length)
    {
        var classes = allowed.Length;
        var p = Allowed(probabilities, columns, allowed);
        var most = Math.Min(length ?? MaxLength, MaxLength);
        var back = new short[columns, most + 1, classes];
        var score = Search(p, columns, classes, most, back);
        var (count, last) = Best(score, most, classes, length);
        return Trace(p, columns, classes, back, count, last);
    }

    private static float[] Allowed(ReadOnlySpan<float> probabilities, int columns, ReadOnlySpan<bool> allowed)
    {
        var p = new float[allowed.Length * columns];
        for (var t = 0; t < columns; t++)
        {
            var total = 1e-9f;
            for (var c = 0; c < allowed.Length; c++)
                if (c == Between || allowed[c]) total += probabilities[(c * columns) + t];
            for (var c = 0; c < allowed.Length; c++)
                p[(t * allowed.Length) + c] = c == Between || allowed[c] ? probabilities[(c * columns) + t] / total : 0;
        }
        return p;
    }

    // score[n, c]: the best path so far with n characters that ends in class c.
    private static float[,] Search(float[] p, int columns, int classes, int most, short[,,] back)
    {
        var score = Nowhere(most, classes);
        score[0, Between] = 0;
        for (var t = 0; t < columns; t++)
        {
            var next = Nowhere(most, classes);
            for (var n = 0; n <= most; n++)
            {
                var end = BestEnd(score, n, classes, -1);
                Take(next, back, t, n, Between, end, score, n, p[t * classes]);
                if (n == 0) continue;
                var (first, second) = (BestEnd(score, n - 1, classes, -1), -1);
                for (var c = 1; c < classes; c++)
                {
                    var chance = p[(t * classes) + c];
                    if (chance <= 0) continue;
                    Take(next, back, t, n, c, c, score, n, chance);
                    var from = first != c ? first : second >= 0 ? second : second = BestEnd(score, n - 1, classes, c);
                    Take(next, back, t, n, c, from, score, n - 1, chance);
                }
            }
            score = next;
        }
        return score;
    }

    private static void Take(float[,] next, short[,,] back, int t, int n, int c, int from, float[,] score, int had, float chance)
    {
        var value = score[had, from] + MathF.Log(MathF.Max(chance, 1e-12f));
        if (value <= next[n, c]) return;
        next[n, c] = value;
        back[t, n, c] = (short)from;
    }

    private static int BestEnd(float[,] score, int n, int classes, int without)
    {
        var best = without == 0 ? 1 : 0;
        for (var c = 0; c < classes; c++)
            if (c != without && score[n, c] > score[n, best]) best = c;
        return best;
    }

    private static float[,] Nowhere(int most, int classes)
    {
        var score = new float[most + 1, classes];
        MemoryMarshal.CreateSpan(ref score[0, 0], score.Length).Fill(float.NegativeInfinity);
        return score;
    }

    private static (int Count, int Last) Best(float[,] score, int most, int classes, int? length)
    {
        var counts = length is null ? Enumerable.Range(0, most + 1) : [most];
        return counts.Select(n => (Count: n, Last: BestEnd(score, n, classes, -1))).MaxBy(e => score[e.Count, e.Last]);
    }

    private static Line Trace(float[] p, int columns, int classes, short[,,] back, int count, int last)
    {
        var path = new int[columns];
        for (var (t, n, c) = (columns - 1, count, last); t >= 0; t--)
        {
            path[t] = c;
            var from = back[t, n, c];
            if (c != Between && from != c) n--;
            c = from;
        }
        var characters = new List<int>();
        var certainties = new List<double>();
        var gaps = 1.0;
        for (var t = 0; t < columns; t++)
        {
            var chance = p[(t * classes) + path[t]];
            if (path[t] == Between) gaps = Math.Min(gaps, 1 - Intruder(p, t, classes, path));
            else if (t > 0 && path[t - 1] == path[t]) certainties[^1] = Math.Max(certainties[^1], chance);
            else
            {
                characters.Add(path[t]);
                certainties.Add(chance);
            }
        }
        return new Line([.. characters], [.. certainties], gaps);
    }

    // A character that nearly was: what the path calls a gap may hold one. The edge of a neighbour is none.
    private static double Intruder(float[] p, int t, int classes, int[] path)
    {
        var most = 0f;
        for (var c = 1; c < classes; c++)
            if (p[(t * classes) + c] > most && (t == 0 || path[t - 1] != c) && (t + 1 >= path.Length || path[t + 1] != c)) most = p[(t * classes) + c];
        return most;
    }
}
