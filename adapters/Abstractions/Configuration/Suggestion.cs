namespace ControlPlane.Adapters.Configuration;

/// <summary>Finds the word that was probably meant.</summary>
internal static class Suggestion
{
    /// <summary><c>; did you mean 'port'?</c>, or nothing where no candidate is near.</summary>
    public static string For(string word, IEnumerable<string> candidates)
    {
        (string Word, int Distance) best = ("", int.MaxValue);
        foreach (string candidate in candidates)
        {
            int distance = Distance(word.ToUpperInvariant(), candidate.ToUpperInvariant());
            if (distance < best.Distance && distance <= Math.Max(1, Math.Min(word.Length, candidate.Length) / 3))
            {
                best = (candidate, distance);
            }
        }
        return best.Word.Length == 0 ? "" : $"; did you mean '{best.Word}'?";
    }

    /// <summary>Edits (insert, delete, replace, swap two neighbours) that make one word the other.</summary>
    internal static int Distance(string left, string right)
    {
        int[,] table = new int[left.Length + 1, right.Length + 1];
        for (int i = 0; i <= left.Length; i++)
        {
            for (int j = 0; j <= right.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    table[i, j] = i + j;
                    continue;
                }
                int replace = table[i - 1, j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
                table[i, j] = Math.Min(replace, Math.Min(table[i - 1, j], table[i, j - 1]) + 1);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                {
                    table[i, j] = Math.Min(table[i, j], table[i - 2, j - 2] + 1);
                }
            }
        }
        return table[left.Length, right.Length];
    }
}
