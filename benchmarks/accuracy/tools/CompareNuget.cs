using System;
using NuGet.Versioning;

class CompareNuget {
    static void Main() {
        for (string line; (line = Console.ReadLine()) != null; ) {
            string[] pair = line.Split('\t');
            NuGetVersion one, other;
            bool read = NuGetVersion.TryParse(pair[0], out one) & NuGetVersion.TryParse(pair[1], out other);
            Console.WriteLine(read ? Math.Sign(one.CompareTo(other)).ToString() : "?");
        }
    }
}
