/** JMH benchmarks, with the peers they are measured against. */
@NullMarked
package dev.lathe.jmh;

import org.jspecify.annotations.NullMarked;
